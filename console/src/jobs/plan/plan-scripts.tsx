import { useState } from 'react';
import type { PlannedScript, ScriptVariant } from '#shared/plan/script-plan.ts';
import { Button } from '../../parts/button.tsx';
import { CodeView } from '../../parts/code-view.tsx';
import { Panel } from '../../parts/panel.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import styles from './plan.module.css';

/** So many scripts are listed until all are asked for. */
const brief = 50;

const words: Readonly<Record<ScriptVariant['state'], string>> = {
  runs: 'runs',
  depends: 'may run',
  skipped: 'skipped',
  fails: 'fails',
};

const columns: readonly Column<ScriptVariant>[] = [
  { title: 'Nodes', isNumber: true, cell: ({ nodeCount }) => nodeCount },
  {
    title: 'Such as',
    cell: ({ nodes, nodeCount }) => `${nodes.slice(0, 5).join(', ')}${nodeCount > 5 ? ', …' : ''}`,
  },
  {
    title: 'What',
    cell: ({ state, reason }) => (
      <span className={styles[state]}>{reason === undefined ? words[state] : `${words[state]} (${reason})`}</span>
    ),
  },
  {
    title: 'With',
    cell: ({ env, args }) => (
      <div className={styles['values']}>
        {Object.entries(env).map(([name, value]) => (
          <code key={name}>{`${name}=${JSON.stringify(value)}`}</code>
        ))}
        {args.length > 0 && <code>{`arguments ${JSON.stringify(args)}`}</code>}
      </div>
    ),
  },
];

const keyOf = ({ state, nodes, env, args }: ScriptVariant): string => JSON.stringify([state, nodes, env, args]);

const Script = ({ script }: { readonly script: PlannedScript }) => {
  const [isOpen, setIsOpen] = useState(false);
  const { group, phase, operation, interpreter, scriptBytes, variants, variantCount } = script;
  const name = `${group}/${phase}/${operation}`;
  const isCut = scriptBytes > new TextEncoder().encode(script.script).length;
  const sets = variantCount === 1 ? 'the same for all nodes' : `${variantCount} sets of values`;
  return (
    <details open={isOpen} onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>
        <code>{name}</code>
        <span className="dim">{`${interpreter}, ${scriptBytes} bytes, ${sets}`}</span>
      </summary>
      {isOpen && (
        <>
          <CodeView text={isCut ? `${script.script}\n…` : script.script} label={`Script of ${name}`} />
          <Table label={`Values of ${name}`} columns={columns} rows={variants} keyOf={keyOf} />
          {variantCount > variants.length && (
            <p className={styles['facts']}>{`and ${variantCount - variants.length} more sets of values`}</p>
          )}
        </>
      )}
    </details>
  );
};

/** The scripts of a plan with their values; nodes that get the same stand together. */
export const PlanScripts = ({ scripts }: { readonly scripts: readonly PlannedScript[] }) => {
  const [isAll, setIsAll] = useState(false);
  const some = isAll ? scripts : scripts.slice(0, brief);
  return (
    <Panel
      title={`Scripts (${scripts.length})`}
      actions={
        some.length < scripts.length && <Button onClick={() => setIsAll(true)}>{`Show all ${scripts.length}`}</Button>
      }
    >
      <div className={styles['scripts']}>
        {some.map((script) => (
          <Script key={`${script.group}/${script.phase}/${script.operation}`} script={script} />
        ))}
      </div>
    </Panel>
  );
};
