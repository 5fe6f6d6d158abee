{{- define "own-labels" -}}
istio.io/rev: {{ default "default" .Values.revision | quote }}
operator.istio.io/component: Cni
release: {{ .Release.Name }}
{{ include "labels" . }}
{{- end -}}

{{- define "image" -}}
{{- if contains "/" .Values.image -}}
{{ .Values.image }}
{{- else -}}
{{ default .Values.global.hub .Values.hub }}/{{ .Values.image }}:{{ default .Values.global.tag .Values.tag }}{{ with default .Values.global.variant .Values.variant }}-{{ . }}{{ end }}
{{- end -}}
{{- end -}}
