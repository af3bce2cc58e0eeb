// The page: toolbar, variables, panels.

import { rangeUtil } from '@grafana/data';
import { Icon, ToolbarButton, useTheme2 } from '@grafana/ui';
import { interpolate } from './interpolation.js';
import { layout } from './layout.js';
import { Panel } from './Panel.jsx';

const MARGIN = 16;

export function Dashboard({ dashboard, context, width }) {
  const theme = useTheme2();
  const { items, height } = layout(dashboard.panels ?? [], width - 2 * MARGIN);
  return (
    <main data-dashboard={dashboard.uid} style={{ background: theme.colors.background.canvas, width }}>
      <Toolbar {...{ dashboard, context, theme }} />
      <Variables {...{ dashboard, context, theme }} />
      <div style={{ position: 'relative', height, margin: MARGIN }}>
        {items.map(({ panel, place }) => (panel.type === 'row'
          ? <Row key={`row-${panel.id}`} {...{ panel, place, context, theme }} />
          : <Panel key={panel.id} {...{ panel, place, context }} />))}
      </div>
    </main>
  );
}

function Toolbar({ dashboard, context, theme }) {
  const { from, to } = context.range;
  return (
    <header style={{ display: 'flex', alignItems: 'center', gap: 8, padding: `8px ${MARGIN}px`, whiteSpace: 'nowrap',
      background: theme.colors.background.primary, borderBottom: `1px solid ${theme.colors.border.weak}` }}>
      <span style={{ color: theme.colors.text.secondary }}>Dashboards</span>
      <Icon name="angle-right" />
      <strong style={{ fontWeight: theme.typography.fontWeightMedium }}>{dashboard.title}</strong>
      <span style={{ flex: 1 }} />
      <ToolbarButton icon="clock-nine" variant="canvas" isOpen={false}>
        {rangeUtil.describeTimeRange(context.range.raw)} until {to.clone().utc().format('YYYY-MM-DD HH:mm')} UTC
      </ToolbarButton>
      <ToolbarButton icon="sync" variant="canvas" isOpen={false}>{dashboard.refresh || 'Refresh'}</ToolbarButton>
    </header>
  );
}

function Variables({ dashboard, context, theme }) {
  const shown = [...context.variables.values()].filter(({ model }) => (model.hide ?? 0) < 2);
  return (
    <nav style={{ display: 'flex', flexWrap: 'wrap', gap: 8, alignItems: 'center', padding: `${MARGIN}px ${MARGIN}px 0` }}>
      {shown.map(({ model, text, error }) => (
        <div key={model.name} data-variable={model.name} data-error={error} style={{ display: 'flex' }}>
          {(model.hide ?? 0) === 0 && <Box theme={theme} label>{model.label || model.name}</Box>}
          <Box theme={theme}>
            {error ? <span style={{ color: theme.colors.error.text }}>{error}</span> : text || 'None'}
            <Icon name="angle-down" />
          </Box>
        </div>
      ))}
      <span style={{ flex: 1 }} />
      {(dashboard.links ?? []).map((link) => (
        <ToolbarButton key={link.title} variant="canvas" icon={link.type === 'dashboards' ? 'bars' : 'external-link-alt'}
          isOpen={link.asDropdown ? false : undefined}>
          {interpolate(link.title, context.variables, { builtIn: context.builtIn })}
        </ToolbarButton>
      ))}
    </nav>
  );
}

function Box({ theme, label, children }) {
  return (
    <div style={{ display: 'flex', alignItems: 'center', gap: 8, height: 32, padding: '0 8px', maxWidth: 360,
      overflow: 'hidden', whiteSpace: 'nowrap', fontSize: theme.typography.bodySmall.fontSize,
      fontWeight: label ? theme.typography.fontWeightMedium : undefined,
      background: label ? theme.colors.background.secondary : theme.components.input.background,
      border: `1px solid ${label ? theme.colors.border.weak : theme.components.input.borderColor}`,
      borderRadius: theme.shape.radius.default }}>{children}</div>
  );
}

function Row({ panel, place, context, theme }) {
  return (
    <h2 style={{ position: 'absolute', ...place, margin: 0, display: 'flex', alignItems: 'center', gap: 8,
      fontSize: theme.typography.h5.fontSize, fontWeight: theme.typography.fontWeightMedium }}>
      <Icon name="angle-down" />{interpolate(panel.title ?? '', context.variables, { builtIn: context.builtIn })}
    </h2>
  );
}
