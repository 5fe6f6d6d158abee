{{- define "name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "fullname" -}}
{{- default (printf "%s-%s" .Release.Name (include "name" .)) .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "namespace" -}}
{{- default .Release.Namespace .Values.namespace -}}
{{- end -}}

{{- define "account" -}}
{{- $account := .Values.deployment.serviceAccount -}}
{{- default (ternary (include "fullname" .) "default" $account.create) $account.name -}}
{{- end -}}

{{- define "selector" -}}
app.kubernetes.io/name: {{ include "name" . }}
app.kubernetes.io/component: app
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "labels" -}}
app.kubernetes.io/name: {{ include "name" . }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with .Values.extraLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* Where one of Kong's servers listens: "0.0.0.0:8000 proxy_protocol, 0.0.0.0:8443 http2 ssl", or "off". */ -}}
{{- define "listens" -}}
{{- $found := list -}}
{{- range $part := list "http" "tls" -}}
{{- $at := index $.server $part -}}
{{- if $at.enabled -}}
{{- $words := concat $at.parameters (ternary (list "ssl") list (eq $part "tls")) | uniq -}}
{{- $found = append $found (printf "%s:%d %s" $.address (int64 $at.containerPort) (join " " $words) | trim) -}}
{{- end -}}
{{- end -}}
{{- default "off" (join ", " $found) -}}
{{- end -}}

{{- /* Variables of a container: what the chart sets itself, overlaid by what was given, under a prefix. */ -}}
{{- define "variables" -}}
{{- $all := .own -}}
{{- range $key, $value := .given -}}
{{- $_ := set $all (upper (printf "%s%s" $.prefix $key)) $value -}}
{{- end -}}
{{- range $key, $value := .custom -}}
{{- $_ := set $all (upper $key) $value -}}
{{- end -}}
{{- range $key := keys $all | sortAlpha }}
{{- $value := get $all $key }}
- name: {{ $key }}
  {{- if kindIs "map" $value }}
  {{- toYaml $value | nindent 2 }}
  {{- else }}
  value: {{ toString $value | quote }}
  {{- end }}
{{- end }}
{{- end -}}
