// What our dashboards may hold, said with the types that Grafana publishes. Read by check/shapes.mjs, which
// makes JSON schemas of it; never compiled. Where a value hangs on a name beside it (the options of a
// transformation, the value of an override), the interface has that name as its key, and the check puts
// name and value together before it looks.

import type {
  AnnotationPanelFilter, Dashboard as GrafanaDashboard, DataSourceRef, FieldConfig as GrafanaField,
  MatcherConfig, Panel as GrafanaPanel, RowPanel as GrafanaRow, VariableModel,
} from '@grafana/schema/dist/types/raw/dashboard/x/types.gen';
import type * as bargauge from '@grafana/schema/dist/types/raw/composable/bargauge/panelcfg/x/types.gen';
import type * as stat from '@grafana/schema/dist/types/raw/composable/stat/panelcfg/x/types.gen';
import type * as table from '@grafana/schema/dist/types/raw/composable/table/panelcfg/x/types.gen';
import type * as text from '@grafana/schema/dist/types/raw/composable/text/panelcfg/x/types.gen';
import type * as timeseries from '@grafana/schema/dist/types/raw/composable/timeseries/panelcfg/x/types.gen';
import type { ConcatenateTransformerOptions } from '@grafana/data/dist/types/transformations/transformers/concat';
import type { CalculateFieldTransformerOptions } from '@grafana/data/dist/types/transformations/transformers/calculateField';
import type { ConvertFieldTypeTransformerOptions } from '@grafana/data/dist/types/transformations/transformers/convertFieldType';
import type { FilterByValueTransformerOptions } from '@grafana/data/dist/types/transformations/transformers/filterByValue';
import type { FilterFieldsByNameTransformerOptions } from '@grafana/data/dist/types/transformations/transformers/filterByName';
import type { FilterFramesByRefIdTransformerOptions } from '@grafana/data/dist/types/transformations/transformers/filterByRefId';
import type { FormatTimeTransformerOptions } from '@grafana/data/dist/types/transformations/transformers/formatTime';
import type { GroupByTransformerOptions } from '@grafana/data/dist/types/transformations/transformers/groupBy';
import type { JoinByFieldOptions } from '@grafana/data/dist/types/transformations/transformers/joinByField';
import type { LabelsToFieldsOptions } from '@grafana/data/dist/types/transformations/transformers/labelsToFields';
import type { LimitTransformerOptions } from '@grafana/data/dist/types/transformations/transformers/limit';
import type { OrganizeFieldsTransformerOptions } from '@grafana/data/dist/types/transformations/transformers/organize';
import type { ReduceTransformerOptions } from '@grafana/data/dist/types/transformations/transformers/reduce';
import type { RenameByRegexTransformerOptions } from '@grafana/data/dist/types/transformations/transformers/renameByRegex';
import type { SortByTransformerOptions } from '@grafana/data/dist/types/transformations/transformers/sortBy';

// A query of Prometheus. The data source's own package is not a dependency: these are the members it stores.
interface Target {
  refId: string;
  expr: string;
  datasource?: DataSourceRef;
  editorMode?: 'code' | 'builder';
  exemplar?: boolean;
  format?: 'time_series' | 'table' | 'heatmap';
  hide?: boolean;
  instant?: boolean;
  interval?: string;
  intervalFactor?: number;
  legendFormat?: string;
  queryType?: string;
  range?: boolean;
}

interface Annotation {
  builtIn?: number;
  datasource: DataSourceRef;
  enable: boolean;
  expr?: string;
  filter?: AnnotationPanelFilter;
  hide?: boolean;
  iconColor: string;
  name: string;
  step?: string;
  tagKeys?: string;
  target?: {
    expr?: string; interval?: string; limit?: number; matchAny?: boolean; refId?: string; step?: string;
    tags?: string[]; type?: string;
  };
  textFormat?: string;
  titleFormat?: string;
  type?: string;
  useValueForTime?: boolean;
}

interface Variable extends Omit<VariableModel, 'query'> {
  auto?: boolean;
  auto_count?: number;
  auto_min?: string;
  definition?: string;
  query?: string | { qryType?: number; query: string; refId: string };
}

interface Dashboard extends Omit<GrafanaDashboard, 'annotations' | 'panels' | 'templating'> {
  __elements?: Record<string, unknown>;
  __inputs?: Array<{
    description?: string; label: string; name: string; pluginId?: string; pluginName?: string; type: string;
    value?: string;
  }>;
  __requires?: Array<{ id: string; name: string; type: string; version: string }>;
  annotations?: { list: Annotation[] };
  templating?: { list: Variable[] };
}

type Row = Omit<GrafanaRow, 'panels'>;

interface Link {
  internal?: unknown;
  oneClick?: boolean;
  targetBlank?: boolean;
  title: string;
  url: string;
}

interface Field<Custom> extends Omit<GrafanaField, 'custom' | 'links'> {
  custom?: Custom;
  fieldMinMax?: boolean;
  links?: Link[];
}

interface Override {
  matcher: MatcherConfig;
  properties: Array<{ id: string; value?: unknown }>;
}

interface Transformation {
  disabled?: boolean;
  filter?: MatcherConfig;
  id: string;
  options: unknown;
  topic?: 'series' | 'annotations' | 'alertStates';
}

interface PanelOf<Type, Options, Custom>
  extends Omit<GrafanaPanel, 'fieldConfig' | 'options' | 'targets' | 'transformations' | 'type'> {
  fieldConfig?: { defaults: Field<Custom>; overrides: Override[] };
  options?: Options;
  targets?: Target[];
  transformations?: Transformation[];
  type: Type;
}

interface Nothing {}

// Panel types, then the configuration of a field in each.
interface Panels {
  bargauge: PanelOf<'bargauge', bargauge.Options, Nothing>;
  stat: PanelOf<'stat', stat.Options, Nothing>;
  table: PanelOf<'table', table.Options, table.FieldConfig>;
  text: PanelOf<'text', text.Options, Nothing>;
  timeseries: PanelOf<'timeseries', timeseries.Options, timeseries.FieldConfig>;
}

interface Fields {
  bargauge: Field<Nothing>;
  stat: Field<Nothing>;
  table: Field<table.FieldConfig>;
  text: Field<Nothing>;
  timeseries: Field<timeseries.FieldConfig>;
}

interface Matchers {
  byFrameRefID: string;
  byName: string;
  byNames: { mode?: 'include' | 'exclude'; names?: string[]; prefix?: string; readOnly?: boolean };
  byRegexp: string;
  byType: 'time' | 'number' | 'string' | 'boolean' | 'frame' | 'enum' | 'other';
  byTypes: string[];
  byValue: { op: '==' | '!=' | '>' | '>=' | '<' | '<='; reducer: string; value: number };
}

interface Transformations {
  calculateField: CalculateFieldTransformerOptions;
  concatenate: ConcatenateTransformerOptions;
  convertFieldType: ConvertFieldTypeTransformerOptions;
  filterByRefId: FilterFramesByRefIdTransformerOptions;
  filterByValue: FilterByValueTransformerOptions;
  filterFieldsByName: FilterFieldsByNameTransformerOptions;
  formatTime: FormatTimeTransformerOptions;
  groupBy: GroupByTransformerOptions;
  joinByField: JoinByFieldOptions;
  labelsToFields: LabelsToFieldsOptions;
  limit: LimitTransformerOptions;
  merge: Nothing;
  organize: OrganizeFieldsTransformerOptions;
  reduce: ReduceTransformerOptions;
  renameByRegex: RenameByRegexTransformerOptions;
  seriesToRows: Nothing;
  sortBy: SortByTransformerOptions;
}

export interface Everything {
  dashboard: Dashboard;
  fields: Fields;
  matchers: Matchers;
  panels: Panels;
  row: Row;
  transformations: Transformations;
}
