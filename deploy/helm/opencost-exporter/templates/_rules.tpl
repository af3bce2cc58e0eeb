{{/*
The groups of alerts/*.yml with the values of prometheusRule in them. Names that are not there are refused, since a
threshold that is misspelt would change nothing and say nothing.
*/}}
{{- define "opencost-exporter.ruleGroups" -}}
{{- $values := .Values.prometheusRule -}}
{{- $groups := list -}}
{{- $thresholds := list -}}
{{- $severities := dict -}}
{{- range $file := list "thresholds" "recording" "costs" "exporter" -}}
{{- $text := $.Files.Get (printf "files/alerts/%s.yml" $file)
    | replace "https://grafana.example.com" (trimSuffix "/" $values.grafanaUrl)
    | replace "https://github.com/opencost-exporter/opencost-exporter/blob/main/docs/runbooks" (trimSuffix "/" $values.runbookUrl) -}}
{{- range $group := ($text | fromYaml).groups -}}
{{- $rules := list -}}
{{- range $rule := $group.rules -}}
{{- if $rule.alert -}}
  {{- $severity := $rule.labels.severity -}}
  {{- $_ := set $severities $rule.alert (append (index $severities $rule.alert | default list) $severity | uniq) -}}
  {{- $all := index $values.alerts $rule.alert | default dict -}}
  {{- $set := mergeOverwrite (dict "enabled" true) (deepCopy $all) (index $all $severity | default dict | deepCopy) -}}
  {{- with $set.for }}{{ $_ := set $rule "for" . }}{{ end -}}
  {{- $_ := set $rule "labels" (mergeOverwrite (deepCopy $values.alertLabels) $rule.labels (dict "severity" ($set.severity | default $severity))) -}}
  {{- if $set.enabled }}{{ $rules = append $rules $rule }}{{ end -}}
{{- else -}}
  {{- if eq $file "thresholds" -}}
    {{- $name := $rule.record | trimPrefix "opencost:" | trimSuffix ":threshold" -}}
    {{- $thresholds = append $thresholds $name -}}
    {{- if hasKey $values.thresholds $name }}{{ $_ := set $rule "expr" (printf "vector(%v)" (index $values.thresholds $name)) }}{{ end -}}
  {{- end -}}
  {{- $rules = append $rules $rule -}}
{{- end -}}
{{- end -}}
{{- if $rules }}{{ $groups = append $groups (set $group "rules" $rules) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- range $name, $_ := $values.thresholds -}}
  {{- if not (has $name $thresholds) -}}
    {{- fail (printf "\n\nprometheusRule.thresholds.%s: there is no such threshold; there are %s\n" $name (join ", " $thresholds)) -}}
  {{- end -}}
{{- end -}}
{{- range $name, $set := $values.alerts -}}
  {{- if not (hasKey $severities $name) -}}
    {{- fail (printf "\n\nprometheusRule.alerts.%s: there is no such alert; there are %s\n" $name (keys $severities | sortAlpha | join ", ")) -}}
  {{- end -}}
  {{- range $key := without (keys $set) "enabled" "for" "severity" -}}
    {{- if not (has $key (index $severities $name)) -}}
      {{- fail (printf "\n\nprometheusRule.alerts.%s.%s: this alert has no such severity; it has %s\n" $name $key (index $severities $name | join ", ")) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- toYaml (concat $groups $values.extraGroups) -}}
{{- end -}}
