{{/*
The configuration file: `config` as it stands, and where it names no clusters the one of `opencost`.
*/}}
{{- define "opencost-exporter.config" -}}
{{- $config := deepCopy .Values.config -}}
{{- if not $config.clusters -}}
{{- $_ := set $config "clusters" (list (include "opencost-exporter.cluster" . | fromYaml)) -}}
{{- end -}}
{{- toYaml $config -}}
{{- end -}}

{{- define "opencost-exporter.cluster" -}}
{{- $folder := include "opencost-exporter.folder" . -}}
{{- $auth := .Values.opencost.auth -}}
{{- $tls := .Values.opencost.tls -}}
{{- with .Values.opencost.name }}
name: {{ . | quote }}
{{- end }}
url: {{ .Values.opencost.url | quote }}
{{- if or $auth.bearerTokenKey $auth.passwordKey $auth.headerKeys }}
auth:
  {{- with $auth.bearerTokenKey }}
  bearer_token_file: {{ printf "%s/credentials/%s" $folder . | quote }}
  {{- end }}
  {{- if $auth.passwordKey }}
  basic:
    username: {{ $auth.username | quote }}
    password_file: {{ printf "%s/credentials/%s" $folder $auth.passwordKey | quote }}
  {{- end }}
  {{- with $auth.headerKeys }}
  header_files:
    {{- range $header, $key := . }}
    {{ $header | quote }}: {{ printf "%s/credentials/%s" $folder $key | quote }}
    {{- end }}
  {{- end }}
{{- end }}
{{- $ca := or .Values.ca.existingSecret .Values.ca.existingConfigMap }}
{{- if or $ca $tls.serverName $tls.insecureSkipVerify }}
tls:
  {{- if $ca }}
  ca_file: {{ printf "%s/ca/%s" $folder .Values.ca.key | quote }}
  {{- end }}
  {{- with $tls.serverName }}
  server_name: {{ . | quote }}
  {{- end }}
  {{- if $tls.insecureSkipVerify }}
  insecure_skip_verify: true
  {{- end }}
{{- end }}
{{- end -}}
