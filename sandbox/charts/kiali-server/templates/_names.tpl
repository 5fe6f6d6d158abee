{{- define "fullname" -}}
{{- .Values.deployment.instance_name -}}
{{- end -}}

{{- define "selector" -}}
app.kubernetes.io/name: kiali
app.kubernetes.io/instance: {{ include "fullname" . }}
{{- end -}}

{{- define "labels" -}}
{{ include "selector" . }}
app: kiali
version: {{ .Values.deployment.version_label | quote }}
app.kubernetes.io/version: {{ .Values.deployment.version_label | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: kiali
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- with .Values.deployment.extra_labels }}
{{ toYaml . }}
{{- end }}
{{- end -}}
