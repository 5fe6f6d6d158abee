{{- /* Names as the real chart makes them: the release's name alone where it contains the chart's. */ -}}
{{- define "name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "namespace" -}}
{{- default .Release.Namespace .Values.namespace -}}
{{- end -}}

{{- /* The three programs and the check. `part` is the key of its values ("" for the controller), `app` its app label. */ -}}
{{- define "part" -}}
{{- $values := .root.Values -}}
{{- if .part -}}{{- $values = index .root.Values .part -}}{{- end -}}
{{- $suffix := ternary (printf "-%s" .part) "" (ne .part "") -}}
{{- $fullname := printf "%s%s" (include "fullname" .root) $suffix -}}
{{- $account := default "default" $values.serviceAccount.name -}}
{{- if $values.serviceAccount.create -}}{{- $account = default $fullname $values.serviceAccount.name -}}{{- end -}}
{{- dict "fullname" $fullname "app" (default (include "name" .root) .part) "component" (default "controller" .part) "account" $account | toYaml -}}
{{- end -}}

{{- define "selector" -}}
app.kubernetes.io/name: {{ .app }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component | quote }}
{{- end -}}

{{- define "labels" -}}
app: {{ .app }}
{{ include "selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.global.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* imageRegistry/imageNamespace/name, or the repository as a whole; the older image.registry stands before either. */ -}}
{{- define "image" -}}
{{- $image := .image -}}
{{- $repository := default (printf "%s/%s/%s" .root.Values.imageRegistry .root.Values.imageNamespace $image.name) $image.repository -}}
{{- if $image.registry -}}{{- $repository = printf "%s/%s" $image.registry $repository -}}{{- end -}}
{{- if $image.digest -}}{{- printf "%s@%s" $repository $image.digest -}}
{{- else -}}{{- printf "%s:%s" $repository (default .root.Chart.AppVersion $image.tag) -}}{{- end -}}
{{- end -}}
