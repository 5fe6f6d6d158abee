{{- /* The controller's command line. No --publish-service without a Service of the chart's own, whatever pathOverride says
       (kubernetes/ingress-nginx#8723, closed as it is): extraArgs can name one. */ -}}
{{- define "arguments" -}}
{{- $controller := .Values.controller -}}
- /nginx-ingress-controller
{{- if not $controller.enableAnnotationValidations }}
- --enable-annotation-validation=false
{{- end }}
{{- if and $controller.publishService.enabled $controller.service.enabled $controller.service.external.enabled }}
- --publish-service={{ default (printf "$(POD_NAMESPACE)/%s" (include "controller" .)) $controller.publishService.pathOverride }}
{{- end }}
- --election-id={{ default (printf "%s-leader" (include "fullname" .)) $controller.electionID }}
- --controller-class={{ $controller.ingressClassResource.controllerValue }}
{{- with $controller.ingressClass }}
- --ingress-class={{ . }}
{{- end }}
- --configmap={{ default "$(POD_NAMESPACE)" $controller.configMapNamespace }}/{{ include "controller" . }}
{{- if $controller.scope.enabled }}
- --watch-namespace={{ default "$(POD_NAMESPACE)" $controller.scope.namespace }}
{{- else if $controller.scope.namespaceSelector }}
- --watch-namespace-selector={{ $controller.scope.namespaceSelector }}
{{- end }}
{{- if $controller.admissionWebhooks.enabled }}
- --validating-webhook=:{{ $controller.admissionWebhooks.port }}
- --validating-webhook-certificate={{ $controller.admissionWebhooks.certificate }}
- --validating-webhook-key={{ $controller.admissionWebhooks.key }}
{{- end }}
{{- if $controller.ingressClassByName }}
- --ingress-class-by-name=true
{{- end }}
{{- if $controller.watchIngressWithoutClass }}
- --watch-ingress-without-class=true
{{- end }}
{{- if not $controller.metrics.enabled }}
- --enable-metrics=false
{{- end }}
{{- range $name, $value := $controller.extraArgs }}
{{- if or (kindIs "invalid" $value) (eq (toString $value) "") }}
- --{{ $name }}
{{- else }}
- --{{ $name }}={{ $value }}
{{- end }}
{{- end }}
{{- end -}}
