// One panel: asks, transforms, draws, and says in the document how it went. `data-state` is loading, drawn, empty
// or error; `data-message` is the error.

import { useEffect, useRef, useState } from 'react';
import { renderMarkdown } from '@grafana/data';
import { ErrorBoundary, PanelChrome, useTheme2 } from '@grafana/ui';
import { withFieldConfig } from './field-config.js';
import { interpolate } from './interpolation.js';
import { bargauge } from './panels/bargauge.jsx';
import { stat } from './panels/stat.jsx';
import { table } from './panels/table.jsx';
import { text } from './panels/text.jsx';
import { timeseries } from './panels/timeseries.jsx';
import { panelFrames } from './queries.js';

const KINDS = { bargauge, stat, table, text, timeseries };

export function Panel({ panel, place, context }) {
  const [answer, setAnswer] = useState({ state: 'loading' });
  const [painted, setPainted] = useState(false);
  const section = useRef(null);
  const kind = KINDS[panel.type];

  useEffect(() => {
    (async () => {
      if (!kind) throw new Error(`this viewer draws no panel of type ${panel.type}`);
      if (kind.asksNothing) return { state: 'drawn', frames: [] };
      const frames = await panelFrames(panel, Math.round(place.width), context);
      return { state: frames.some((frame) => frame.length) ? 'drawn' : 'empty', frames };
    })().then(setAnswer, (error) => setAnswer({ state: 'error', message: error.message }));
  }, []);

  // Graphs are painted after their data came, tables when they have been measured and are in sight.
  useEffect(() => {
    if (answer.state === 'loading') return undefined;
    let frame;
    const look = () => {
      const there = answer.state !== 'drawn' || section.current.querySelector(kind.mark);
      frame = requestAnimationFrame(there ? () => setPainted(true) : look);
    };
    frame = requestAnimationFrame(look);
    return () => cancelAnimationFrame(frame);
  }, [answer]);

  const title = interpolate(panel.title ?? '', context.variables, { builtIn: context.builtIn });
  const fail = (error) => setAnswer({ state: 'error', message: error.message });
  return (
    <section ref={section} data-panel={panel.id} data-title={title} data-state={painted ? answer.state : 'loading'}
      data-message={answer.message} style={{ position: 'absolute', ...place }}>
      <PanelChrome width={place.width} height={place.height} title={title || undefined}
        description={panel.description && (() => renderMarkdown(panel.description))}
        displayMode={panel.transparent ? 'transparent' : 'default'} statusMessage={answer.message}
        hoverHeader={!title} padding="md">
        {(width, height) => (
          <div style={{ width, height, overflow: 'hidden' }}>
            <Content {...{ kind, panel, answer, title, width, height, context, fail }} />
          </div>
        )}
      </PanelChrome>
    </section>
  );
}

function Content({ kind, panel, answer, title, width, height, context, fail }) {
  const theme = useTheme2();
  const { state, frames, message } = answer;
  if (state === 'loading') return null;
  if (state === 'error') return <Notice color={theme.colors.error.text}>{message}</Notice>;
  if (state === 'empty' && !kind.drawsNoValue) {
    return <Notice color={theme.colors.text.secondary}>{panel.fieldConfig?.defaults?.noValue || 'No data'}</Notice>;
  }
  return (
    <ErrorBoundary onError={fail}>
      {({ error }) => (error ? <Notice color={theme.colors.error.text}>{error.message}</Notice>
        : <Drawing {...{ kind, panel, frames, title, width, height, context }} />)}
    </ErrorBoundary>
  );
}

function Drawing({ kind, panel, frames, title, width, height, context }) {
  const theme = useTheme2();
  const { range, timeZone, variables, builtIn, annotations } = context;
  const replaceVariables = (given, scope, format) => interpolate(given, variables,
    { builtIn, format: typeof format === 'string' ? format : 'text', dataContext: scope?.__dataContext?.value });
  const [configured] = useState(() => withFieldConfig(frames, panel.fieldConfig, kind.own, { theme, timeZone, replaceVariables }));
  return <kind.Draw {...configured} {...{ title, width, height, range, timeZone, replaceVariables, annotations }}
    options={panel.options} />;
}

function Notice({ color, children }) {
  return (
    <div style={{ height: '100%', display: 'flex', alignItems: 'center', justifyContent: 'center', textAlign: 'center',
      overflowWrap: 'anywhere', color }}>{children}</div>
  );
}
