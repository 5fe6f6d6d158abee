{{- /*
As in the real chart, the defaults lie below a key of their own, so that a profile can come between them and what was given: called at
the top of every template, this makes .Values the three together. Keys that the chart does not know change nothing.
*/ -}}
{{- define "settle" -}}
{{- if hasKey .Values "_internal_defaults_do_not_set" -}}
{{- if .Values.defaults -}}
{{- fail "Setting with .default prefix found; remove it: write foo instead of defaults.foo" -}}
{{- end -}}
{{- $profiles := (dict "default" dict "ambient" dict) -}}
{{- $name := coalesce .Values.profile (.Values.global).profile "default" -}}
{{- if not (hasKey $profiles $name) -}}
{{- fail (printf "the sandbox's stand-in of Istio's charts knows no profile %s (it knows %s): start the sandbox with --charts real" $name (keys $profiles | sortAlpha | join ", ")) -}}
{{- end -}}
{{- with coalesce .Values.platform (.Values.global).platform .Values.compatibilityVersion -}}
{{- fail (printf "the sandbox's stand-in of Istio's charts knows no platform and no compatibilityVersion %s: start the sandbox with --charts real" .) -}}
{{- end -}}
{{- $given := deepCopy (omit .Values "_internal_defaults_do_not_set") -}}
{{- $settled := mustMergeOverwrite .Values._internal_defaults_do_not_set (get $profiles $name) (default dict .Values.global) $given -}}
{{- $_ := set $settled "_original" $given -}}
{{- $_ := set . "Values" $settled -}}
{{- end -}}
{{- end -}}

{{- define "labels" -}}
app.kubernetes.io/name: {{ include "name" . }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
app.kubernetes.io/part-of: istio
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}
