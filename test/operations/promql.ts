import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** What an expression of PromQL names. */
export interface Names {
  readonly metrics: readonly string[];
  /** The labels of matchers and of groupings. */
  readonly labels: readonly string[];
}

/** Reads an expression with Prometheus' own grammar. Throws where it is not one. */
export const namesIn = (expression: string): Names => {
  const [metrics, labels]: [string[], string[]] = [[], []];
  const text = (node: SyntaxNode) => expression.slice(node.from, node.to);
  parser.parse(expression).iterate({
    enter: ({ node, name, type }) => {
      if (type.isError) throw new Error(`${expression}: not PromQL at character ${node.from}`);
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') metrics.push(text(node));
      if (name === 'LabelName') labels.push(text(node));
    },
  });
  return { metrics, labels };
};
