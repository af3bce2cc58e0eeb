// Single values, one tile for each: what stat and bargauge have in common.

import { getDisplayValueAlignmentFactors, getFieldDisplayValues } from '@grafana/data';
import { VizRepeater, useTheme2 } from '@grafana/ui';

export const own = {
  color: { mode: 'thresholds' },
  thresholds: { mode: 'absolute', steps: [{ color: 'green', value: null }, { color: 'red', value: 80 }] },
};

export function Values({ data, fieldConfig, options, range, timeZone, replaceVariables, sparkline, children, ...layout }) {
  const theme = useTheme2();
  const reduceOptions = { calcs: ['lastNotNull'], values: false, ...options?.reduceOptions };
  const getValues = () => getFieldDisplayValues({ data, fieldConfig, reduceOptions, replaceVariables, sparkline, theme, timeZone });
  return (
    <VizRepeater source={data} renderCounter={0} orientation={options?.orientation ?? 'auto'} getValues={getValues}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={(one) => children({ ...one, theme })} {...layout} />
  );
}
