{{- define "tidegate.name" -}}
{{- default .Chart.Name .Values.nameOverride -}}
{{- end -}}

{{- /* Name of the operator's objects: short when the release has the chart's name. */ -}}
{{- define "tidegate.fullname" -}}
{{- $name := include "tidegate.name" . -}}
{{- if contains $name .Release.Name -}}
{{- printf "%s-operator" .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s-operator" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "tidegate.selector" -}}
app.kubernetes.io/name: tidegate-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "tidegate.labels" -}}
{{ include "tidegate.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: tidegate
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ include "tidegate.chart" . }}
{{- end -}}

{{- define "tidegate.adapter" -}}
{{- $name := include "tidegate.name" . -}}
{{- if contains $name .Release.Name -}}
{{- printf "%s-metrics-adapter" .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s-metrics-adapter" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "tidegate.adapterSelector" -}}
app.kubernetes.io/name: tidegate-metrics-adapter
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "tidegate.adapterLabels" -}}
{{ include "tidegate.adapterSelector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: tidegate
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ include "tidegate.chart" . }}
{{- end -}}

{{- define "tidegate.image" -}}
{{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) | quote }}
{{- end -}}

{{- define "tidegate.chart" -}}
{{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}
