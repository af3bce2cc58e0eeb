{{/* The pod of the Deployment or the StatefulSet. */}}
{{- define "opencost-exporter.pod" -}}
{{- $folder := include "opencost-exporter.folder" . -}}
{{- $ledger := ne .Values.ledger.persistence.type "none" -}}
{{- $annotations := dict -}}
{{- if not .Values.existingConfigSecret -}}
{{- $_ := set $annotations "checksum/config" (include "opencost-exporter.config" . | sha256sum) -}}
{{- end -}}
metadata:
  labels:
    {{- toYaml (mergeOverwrite (deepCopy .Values.commonLabels) (deepCopy .Values.podLabels) (include "opencost-exporter.selectorLabels" . | fromYaml)) | nindent 4 }}
  {{- with mergeOverwrite (deepCopy .Values.commonAnnotations) (deepCopy .Values.podAnnotations) $annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "opencost-exporter.serviceAccountName" . }}
  # Only to ask Kubernetes whose tokens are.
  automountServiceAccountToken: {{ eq (include "opencost-exporter.reviews" .) "true" }}
  # Variables of Services named `opencost-exporter` would look like settings of the exporter.
  enableServiceLinks: false
  {{- with include "opencost-exporter.imagePullSecrets" . }}
  {{- . | nindent 2 }}
  {{- end }}
  securityContext:
    {{- toYaml .Values.podSecurityContext | nindent 4 }}
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .Values.dnsPolicy }}
  dnsPolicy: {{ . }}
  {{- end }}
  {{- range $field := list "dnsConfig" "hostAliases" "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints" }}
  {{- with index $.Values $field }}
  {{ $field }}:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
  {{- with .Values.extraInitContainers }}
  initContainers:
    {{- tpl (toYaml .) $ | nindent 4 }}
  {{- end }}
  containers:
    - name: exporter
      image: {{ include "opencost-exporter.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args:
        - --config.file={{ $folder }}/config/{{ empty .Values.existingConfigSecret | ternary "config.yaml" .Values.existingConfigSecretKey }}
        - --web.listen-address=:{{ .Values.containerPort }}
        {{- if .Values.webConfig.existingSecret }}
        - --web.config.file={{ $folder }}/web/{{ .Values.webConfig.key }}
        {{- end }}
        {{- with .Values.extraArgs }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- $ledgerHere := and $ledger (not (dig "ledger" "path" "" .Values.config)) }}
      {{- if or $ledgerHere .Values.extraEnv }}
      env:
        {{- if $ledgerHere }}
        - name: OPENCOST_EXPORTER_LEDGER_PATH
          value: /var/lib/opencost-exporter/ledger.db
        {{- end }}
        {{- with .Values.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- end }}
      {{- with .Values.extraEnvFrom }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        - name: http
          containerPort: {{ .Values.containerPort }}
          protocol: TCP
      {{- range $probe, $path := dict "startupProbe" "/-/healthy" "livenessProbe" "/-/healthy" "readinessProbe" "/-/ready" }}
      {{ $probe }}:
        {{- if $.Values.webConfig.clientCertificates }}
        tcpSocket:
          port: http
        {{- else }}
        httpGet:
          path: {{ $path }}
          port: http
          {{- if $.Values.webConfig.tls }}
          scheme: HTTPS
          {{- end }}
        {{- end }}
        {{- toYaml (index $.Values $probe) | nindent 8 }}
      {{- end }}
      {{- with .Values.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        {{- toYaml .Values.securityContext | nindent 8 }}
      volumeMounts:
        - name: config
          mountPath: {{ $folder }}/config
          readOnly: true
        {{- if .Values.credentials.existingSecret }}
        - name: credentials
          mountPath: {{ $folder }}/credentials
          readOnly: true
        {{- end }}
        {{- if .Values.webConfig.existingSecret }}
        - name: web
          mountPath: {{ $folder }}/web
          readOnly: true
        {{- end }}
        {{- if or .Values.ca.existingSecret .Values.ca.existingConfigMap }}
        - name: ca
          mountPath: {{ $folder }}/ca
          readOnly: true
        {{- end }}
        {{- if $ledger }}
        - name: ledger
          mountPath: /var/lib/opencost-exporter
        {{- end }}
        {{- with .Values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    {{- with .Values.extraContainers }}
    {{- tpl (toYaml .) $ | nindent 4 }}
    {{- end }}
  volumes:
    - name: config
      {{- if .Values.existingConfigSecret }}
      secret:
        secretName: {{ .Values.existingConfigSecret }}
      {{- else }}
      configMap:
        name: {{ include "opencost-exporter.fullname" . }}
      {{- end }}
    {{- with .Values.credentials.existingSecret }}
    - name: credentials
      secret:
        secretName: {{ . }}
    {{- end }}
    {{- with .Values.webConfig.existingSecret }}
    - name: web
      secret:
        secretName: {{ . }}
    {{- end }}
    {{- if .Values.ca.existingSecret }}
    - name: ca
      secret:
        secretName: {{ .Values.ca.existingSecret }}
    {{- else if .Values.ca.existingConfigMap }}
    - name: ca
      configMap:
        name: {{ .Values.ca.existingConfigMap }}
    {{- end }}
    {{- if eq .Values.ledger.persistence.type "emptyDir" }}
    - name: ledger
      emptyDir:
        sizeLimit: {{ .Values.ledger.persistence.size }}
    {{- else if eq .Values.ledger.persistence.type "existingClaim" }}
    - name: ledger
      persistentVolumeClaim:
        claimName: {{ .Values.ledger.persistence.existingClaim }}
    {{- end }}
    {{- with .Values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}
