{{/*
The two endpoints of a ServiceMonitor or a PodMonitor.

Cost series say what a cost is *of*: `cluster`, `namespace`, `pod`, `node`. Where a family has no such label, it would
get that of the exporter's own target, and with it another identity after every restart. So the target of cost data
has none of them. No target is without `instance`, so it is taken from the series, and for `up` it is the name of the
release: were it the address, an exporter that is down would be reported once for each half.
*/}}
{{- define "opencost-exporter.endpoints" -}}
{{- range $half := list "cost" "exporter" }}
{{- $scrape := index $.Values.scrape $half }}
{{- $cost := eq $half "cost" }}
{{- $endpoint := dict "port" "http" "path" (include "opencost-exporter.telemetryPath" $) "params" (dict "collect[]" (list $half)) }}
{{- /* `cluster` is the cluster that was asked, in both halves. */}}
{{- $_ := set $endpoint "honorLabels" true }}
{{- $_ := set $endpoint "interval" $scrape.interval }}
{{- with $scrape.scrapeTimeout }}{{ $_ := set $endpoint "scrapeTimeout" . }}{{ end }}
{{- $target := $cost | ternary (list (dict "targetLabel" "instance" "replacement" (include "opencost-exporter.fullname" $)) (dict "action" "labeldrop" "regex" "namespace|service|pod|container|endpoint")) list }}
{{- $series := $cost | ternary (list (dict "action" "labeldrop" "regex" "instance")) list }}
{{- with concat $target $scrape.relabelings }}{{ $_ := set $endpoint "relabelings" . }}{{ end }}
{{- with concat $series $scrape.metricRelabelings }}{{ $_ := set $endpoint "metricRelabelings" . }}{{ end }}
{{- /* A target is an address, which no certificate is for. */}}
{{- $secured := $.Values.webConfig.tls | ternary (dict "scheme" "https" "tlsConfig" (dict "serverName" (include "opencost-exporter.host" $))) dict }}
- {{ toYaml (mergeOverwrite $secured (deepCopy $.Values.scrape.endpoint) $endpoint) | indent 2 | trim }}
{{- end }}
{{- end -}}
