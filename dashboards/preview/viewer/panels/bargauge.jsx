// One bar for each value.

import { BarGauge } from '@grafana/ui';
import { Values, own } from './values.jsx';

// What Grafana takes where the size is left to it.
const AUTOMATIC = { minVizWidth: 8, minVizHeight: 16, maxVizHeight: 300 };

function Draw(panel) {
  const { options = {} } = panel;
  const { minVizWidth, minVizHeight, maxVizHeight, displayMode = 'gradient' } = options;
  const sizes = options.sizing === 'manual' ? { minVizWidth, minVizHeight, maxVizHeight } : AUTOMATIC;
  return (
    <Values {...panel} {...sizes} itemSpacing={displayMode === 'lcd' ? 2 : 10}>
      {({ value, width, height, orientation, alignmentFactors, theme }) => (
        <BarGauge value={value.display} width={width} height={height} orientation={orientation}
          field={value.field} text={options.text} theme={theme} itemSpacing={displayMode === 'lcd' ? 2 : 10}
          display={value.view?.getFieldDisplayProcessor(value.colIndex)} displayMode={displayMode}
          alignmentFactors={alignmentFactors} showUnfilled={options.showUnfilled ?? true}
          valueDisplayMode={options.valueMode} namePlacement={options.namePlacement ?? 'auto'} isOverflow={false} />
      )}
    </Values>
  );
}

export const bargauge = { own, Draw, mark: 'div', drawsNoValue: true };
