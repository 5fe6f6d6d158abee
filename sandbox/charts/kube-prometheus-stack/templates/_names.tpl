{{- define "name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- /* Short, since the operator adds to it. */ -}}
{{- define "fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $joined := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $joined .Values.fullnameOverride | trunc 26 | trimSuffix "-" -}}
{{- end -}}

{{- define "namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{- define "labels" -}}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.Version | quote }}
app.kubernetes.io/part-of: {{ include "name" . }}
chart: {{ .Chart.Name }}-{{ .Chart.Version }}
release: {{ .Release.Name | quote }}
heritage: {{ .Release.Service | quote }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* Of what a subchart of the real one makes: {root, part}. */ -}}
{{- define "part-name" -}}
{{- $given := index .root.Values .part -}}
{{- $joined := ternary .root.Release.Name (printf "%s-%s" .root.Release.Name .part) (contains .part .root.Release.Name) -}}
{{- default $joined $given.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "part-selector" -}}
app.kubernetes.io/name: {{ .part }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end -}}

{{- define "part-labels" -}}
{{ include "part-selector" . }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .part }}
release: {{ .root.Release.Name }}
{{- end -}}

{{- define "image" -}}
{{ .image.registry }}/{{ .image.repository }}:{{ default .tag .image.tag }}
{{- end -}}

{{- /* Fields of a pod's spec as far as they are given: {values, fields}. */ -}}
{{- define "placement" -}}
{{- range $field := .fields }}
{{- with index $.values $field }}
{{ $field }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}
