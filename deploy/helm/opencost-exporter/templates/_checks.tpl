{{/*
What the schema cannot say: values that contradict each other. Everything that is wrong is said at once.
*/}}
{{- define "opencost-exporter.checks" -}}
{{- $wrong := list -}}
{{- $auth := .Values.opencost.auth -}}
{{- $keys := or $auth.bearerTokenKey $auth.passwordKey $auth.headerKeys -}}
{{- if .Values.existingConfigSecret -}}
  {{- if .Values.config -}}
    {{- $wrong = append $wrong "config and existingConfigSecret are both set; the configuration is the one or the other" -}}
  {{- end -}}
{{- end -}}
{{- if or .Values.config.clusters .Values.existingConfigSecret -}}
  {{- if or .Values.opencost.name $keys .Values.opencost.tls.serverName .Values.opencost.tls.insecureSkipVerify -}}
    {{- $wrong = append $wrong "opencost.name, opencost.auth and opencost.tls are for the one OpenCost of opencost.url and not used here; write them into the items of config.clusters" -}}
  {{- end -}}
{{- end -}}
{{- if and $keys (not .Values.credentials.existingSecret) -}}
  {{- $wrong = append $wrong "opencost.auth names keys of a Secret; set credentials.existingSecret to its name" -}}
{{- end -}}
{{- if and $auth.bearerTokenKey $auth.passwordKey -}}
  {{- $wrong = append $wrong "opencost.auth.bearerTokenKey and opencost.auth.passwordKey are both set; OpenCost is asked with the one or the other" -}}
{{- end -}}
{{- if ne (empty $auth.username) (empty $auth.passwordKey) -}}
  {{- $wrong = append $wrong "opencost.auth.username and opencost.auth.passwordKey belong together; set both or neither" -}}
{{- end -}}
{{- if and .Values.ca.existingSecret .Values.ca.existingConfigMap -}}
  {{- $wrong = append $wrong "ca.existingSecret and ca.existingConfigMap are both set; the authorities are in the one or the other" -}}
{{- end -}}
{{- if dig "web" "listen_addresses" "" .Values.config -}}
  {{- $wrong = append $wrong "config.web.listen_addresses has no effect here; set containerPort" -}}
{{- end -}}
{{- $web := .Values.webConfig -}}
{{- if and (or $web.tls $web.clientCertificates $web.caKey) (not $web.existingSecret) -}}
  {{- $wrong = append $wrong "webConfig.tls, webConfig.clientCertificates and webConfig.caKey say what is in the file of webConfig.existingSecret; set it" -}}
{{- end -}}
{{- if and (or $web.clientCertificates $web.caKey) (not $web.tls) -}}
  {{- $wrong = append $wrong "webConfig.clientCertificates and webConfig.caKey need webConfig.tls" -}}
{{- end -}}
{{- if and $web.existingSecret (dig "web" "config_file" "" .Values.config) -}}
  {{- $wrong = append $wrong "config.web.config_file and webConfig.existingSecret are both set; the web configuration file is the one or the other" -}}
{{- end -}}
{{- if and .Values.tokenReview.enabled (not .Values.existingConfigSecret) -}}
  {{- $wrong = append $wrong "tokenReview.enabled is for existingConfigSecret; here, set config.api.kubernetes_auth" -}}
{{- end -}}
{{- $claim := .Values.ledger.persistence -}}
{{- if ne (eq $claim.type "existingClaim") (not (empty $claim.existingClaim)) -}}
  {{- $wrong = append $wrong "ledger.persistence.existingClaim and ledger.persistence.type existingClaim belong together; set both or neither" -}}
{{- end -}}
{{- if and .Values.serviceMonitor.enabled .Values.podMonitor.enabled -}}
  {{- $wrong = append $wrong "serviceMonitor.enabled and podMonitor.enabled are both true; every series would be scraped twice" -}}
{{- end -}}
{{- if and .Values.service.nodePort (not (has .Values.service.type (list "NodePort" "LoadBalancer"))) -}}
  {{- $wrong = append $wrong "service.nodePort is for service.type NodePort or LoadBalancer" -}}
{{- end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) -}}
  {{- $wrong = append $wrong "httpRoute.enabled needs httpRoute.parentRefs, the Gateways it belongs to" -}}
{{- end -}}
{{- $operated := and .Values.dashboards.enabled (eq .Values.dashboards.type "operator") -}}
{{- range $need := list
    (list "serviceMonitor.enabled" .Values.serviceMonitor.enabled "monitoring.coreos.com/v1" "the Prometheus Operator")
    (list "podMonitor.enabled" .Values.podMonitor.enabled "monitoring.coreos.com/v1" "the Prometheus Operator")
    (list "prometheusRule.enabled" .Values.prometheusRule.enabled "monitoring.coreos.com/v1" "the Prometheus Operator")
    (list "dashboards.type operator" $operated "grafana.integreatly.org/v1beta1" "the Grafana operator")
    (list "httpRoute.enabled" .Values.httpRoute.enabled "gateway.networking.k8s.io/v1" "the Gateway API") -}}
  {{- if and (index $need 1) (not ($.Capabilities.APIVersions.Has (index $need 2))) -}}
    {{- $wrong = append $wrong (printf "%s needs %s, whose kinds (%s) this cluster does not know; install it first or switch this off. Without a cluster, as in `helm template`, pass --api-versions %s" (index $need 0) (index $need 3) (index $need 2) (index $need 2)) -}}
  {{- end -}}
{{- end -}}
{{- if $wrong -}}
{{- fail (printf "\n\nThese values cannot be:\n- %s\n" (join "\n- " $wrong)) -}}
{{- end -}}
{{- end -}}
