// Text without data.

import { renderTextPanelMarkdown, textUtil } from '@grafana/data';
import { RenderUserContentAsHTML, ScrollContainer } from '@grafana/ui';

function Draw({ options = {}, replaceVariables }) {
  const text = replaceVariables(options.content ?? '');
  if (options.mode === 'code') return <pre>{text}</pre>;
  const content = options.mode === 'html' ? textUtil.sanitizeTextPanelContent(text) : renderTextPanelMarkdown(text);
  return <ScrollContainer><RenderUserContentAsHTML className="markdown-html" content={content} /></ScrollContainer>;
}

export const text = { own: {}, Draw, mark: 'div', asksNothing: true };
