{{/* Names, labels and the image. */}}

{{- define "opencost-exporter.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* 52 characters leave room for what Kubernetes appends to the names of a StatefulSet's pods. */}}
{{- define "opencost-exporter.fullname" -}}
{{- $name := include "opencost-exporter.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "opencost-exporter.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{/* What a Service and the like select by. It must never change, so that it holds no version. */}}
{{- define "opencost-exporter.selectorLabels" -}}
app.kubernetes.io/name: {{ include "opencost-exporter.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: exporter
{{- end -}}

{{/* The pod of `helm test` is behind no Service and no policy. */}}
{{- define "opencost-exporter.testLabels" -}}
app.kubernetes.io/name: {{ include "opencost-exporter.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: test
{{- end -}}

{{/*
The metadata of an object.
  include "opencost-exporter.metadata" (dict "root" $ "name" … "namespace" … "component" … "labels" … "annotations" … "clusterwide" true)
All but root may be left out. What is said of one object wins over what is said of all, and what it is selected by over both.
*/}}
{{- define "opencost-exporter.metadata" -}}
{{- $own := include "opencost-exporter.selectorLabels" .root | fromYaml -}}
{{- $_ := set $own "app.kubernetes.io/version" (.root.Values.image.tag | default .root.Chart.AppVersion | trunc 63) -}}
{{- $_ := set $own "app.kubernetes.io/part-of" "opencost" -}}
{{- $_ := set $own "app.kubernetes.io/managed-by" .root.Release.Service -}}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63) -}}
{{- with .component }}{{ $_ := set $own "app.kubernetes.io/component" . }}{{ end -}}
name: {{ .name | default (include "opencost-exporter.fullname" .root) }}
{{- if not .clusterwide }}
namespace: {{ .namespace | default (include "opencost-exporter.namespace" .root) }}
{{- end }}
labels:
  {{- toYaml (mergeOverwrite (deepCopy .root.Values.commonLabels) (.labels | default dict | deepCopy) $own) | nindent 2 }}
{{- with mergeOverwrite (deepCopy .root.Values.commonAnnotations) (.annotations | default dict | deepCopy) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "opencost-exporter.image" -}}
{{- $registry := .Values.global.imageRegistry | default .Values.image.registry -}}
{{- with $registry }}{{ . }}/{{ end }}{{ .Values.image.repository -}}
{{- if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end -}}
{{- end -}}

{{- define "opencost-exporter.imagePullSecrets" -}}
{{- with .Values.global.imagePullSecrets -}}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{- define "opencost-exporter.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "opencost-exporter.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{/* Where the metrics are, as the configuration has it. A whole file in a Secret cannot be read here. */}}
{{- define "opencost-exporter.telemetryPath" -}}
{{- dig "web" "telemetry_path" "/metrics" .Values.config -}}
{{- end -}}

{{/* How others reach the exporter, and the name that its certificate has to carry. */}}
{{- define "opencost-exporter.host" -}}
{{- include "opencost-exporter.fullname" . }}.{{ include "opencost-exporter.namespace" . }}.svc
{{- end -}}

{{- define "opencost-exporter.scheme" -}}
{{- .Values.webConfig.tls | ternary "https" "http" -}}
{{- end -}}

{{/* `true` where Kubernetes is asked whose tokens are. */}}
{{- define "opencost-exporter.reviews" -}}
{{- if or .Values.tokenReview.enabled (dig "api" "kubernetes_auth" false .Values.config) }}true{{ end -}}
{{- end -}}

{{- define "opencost-exporter.folder" -}}/etc/opencost-exporter{{- end -}}
