{{- /* What a revision adds to names: "-<revision>", or nothing. */ -}}
{{- define "revised" -}}
{{- if .Values.revision }}-{{ .Values.revision }}{{ end -}}
{{- end -}}

{{- define "revision" -}}
{{- default "default" .Values.revision -}}
{{- end -}}

{{- define "selector" -}}
{{- if .Values.revision -}}
app: istiod
istio.io/rev: {{ .Values.revision | quote }}
{{- else -}}
istio: pilot
{{- end -}}
{{- end -}}

{{- /* Of a Service or budget, which says both. */ -}}
{{- define "served" -}}
app: istiod
{{ if .Values.revision }}istio.io/rev: {{ .Values.revision | quote }}{{ else }}istio: pilot{{ end }}
{{- end -}}

{{- define "own-labels" -}}
istio.io/rev: {{ include "revision" . | quote }}
operator.istio.io/component: Pilot
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

{{- /* What a profile puts between the defaults and what is given. */ -}}
{{- define "profiles" -}}
default: {}
ambient:
  meshConfig:
    defaultConfig:
      proxyMetadata:
        ISTIO_META_ENABLE_HBONE: "true"
    serviceScopeConfigs:
      - servicesSelector:
          matchExpressions:
            - {key: istio.io/global, operator: In, values: ["true"]}
        scope: GLOBAL
  global:
    variant: distroless
  env:
    PILOT_ENABLE_AMBIENT: "true"
  cni:
    ambient:
      enabled: true
{{- end -}}
