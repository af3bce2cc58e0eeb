// Large figures, with a small graph beneath if asked for.

import { BigValue } from '@grafana/ui';
import { Values, own } from './values.jsx';

function Draw({ title, ...panel }) {
  const { fieldConfig, options = {}, width, height } = panel;
  const named = options.textMode === undefined || options.textMode === 'auto';
  const textMode = named && (fieldConfig.defaults.displayName || !title) ? 'value_and_name' : options.textMode ?? 'auto';
  return (
    <Values {...panel} autoGrid sparkline={(options.graphMode ?? 'area') !== 'none'}>
      {({ value, width: tileWidth, height: tileHeight, count, alignmentFactors, orientation, theme }) => (
        <BigValue value={value.display} sparkline={value.sparkline} width={tileWidth} height={tileHeight} count={count}
          colorMode={options.colorMode ?? 'value'} graphMode={options.graphMode ?? 'area'} textMode={textMode}
          justifyMode={options.justifyMode ?? 'auto'} wideLayout={options.wideLayout ?? true} text={options.text}
          alignmentFactors={alignmentFactors} parentOrientation={orientation} theme={theme}
          percentChangeColorMode={options.percentChangeColorMode}
          disableSparkline={!value.sparkline} />
      )}
    </Values>
  );
}

export const stat = { own, Draw, mark: 'div', drawsNoValue: true };
