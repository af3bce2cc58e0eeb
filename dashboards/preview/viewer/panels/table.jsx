// Rows and columns.

import { useState } from 'react';
import { TableNG } from '@grafana/ui/unstable';

const own = {
  color: { mode: 'thresholds' },
  thresholds: { mode: 'absolute', steps: [{ color: 'green', value: null }, { color: 'red', value: 80 }] },
  custom: { align: 'auto', cellOptions: { type: 'auto' }, inspect: false },
};

function Draw({ data, fieldConfig, options = {}, width, height, range }) {
  const [sortBy, setSortBy] = useState(options.sortBy);
  const frame = data[options.frameIndex ?? 0] ?? data[0];
  return (
    <TableNG data={frame} width={width} height={height} noHeader={options.showHeader === false}
      showTypeIcons={options.showTypeIcons} resizable sortBy={sortBy} onSortByChange={setSortBy}
      enablePagination={options.enablePagination} cellHeight={options.cellHeight} maxRowHeight={options.maxRowHeight}
      frozenColumns={options.frozenColumns?.left} fieldConfig={fieldConfig} timeRange={range} structureRev={1}
      noValue={fieldConfig.defaults.noValue} transparent={false} onCellFilterAdded={() => {}} />
  );
}

export const table = { own, Draw, mark: '[role="gridcell"]' };
