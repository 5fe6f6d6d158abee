{{- define "name" -}}
{{- default .Release.Name .Values.name -}}
{{- end -}}

{{- /* Gateway objects select by these: `istio` is the name without its prefix. */ -}}
{{- define "selector" -}}
app: {{ default (include "name" .) .Values.labels.app | quote }}
istio: {{ default (include "name" . | trimPrefix "istio-") .Values.labels.istio | quote }}
{{- end -}}

{{- define "more-labels" -}}
{{- range $key, $value := omit .Values.labels "app" "istio" }}
{{ $key }}: {{ toString $value | quote }}
{{- end }}
{{- end -}}

{{- define "all-labels" -}}
{{ include "labels" . }}
{{ include "selector" . }}
{{- include "more-labels" . }}
{{- end -}}

{{- define "account" -}}
{{- default (ternary (include "name" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name -}}
{{- end -}}
