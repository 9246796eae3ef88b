import type { Synthesised } from './synth.ts';

/** A statement of a policy, as CloudFormation has it. */
export interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** Actions of a statement. */
export const actionsOf = ({ Action }: Statement): readonly string[] => (typeof Action === 'string' ? [Action] : Action);

/** Statements by the name of the function (or machine) whose role they are for: `TasksStartRun`, `ApiFunction`, `WorkflowRun`. */
export const statementsByOwner = ({ ofType, resources }: Synthesised): ReadonlyMap<string, readonly Statement[]> => {
  const owners = new Map<string, string>();
  for (const [id, { Properties }] of [
    ...ofType('AWS::Lambda::Function'),
    ...ofType('AWS::StepFunctions::StateMachine'),
  ])
    owners.set((Properties.Role ?? Properties.RoleArn)['Fn::GetAtt'][0], id.replace(/[0-9A-F]{8}$/, ''));
  const found = new Map<string, Statement[]>();
  for (const [, { Properties }] of ofType('AWS::IAM::Policy'))
    for (const { Ref } of Properties.Roles) {
      const owner = owners.get(Ref) ?? Ref;
      found.set(owner, [...(found.get(owner) ?? []), ...Properties.PolicyDocument.Statement]);
    }
  for (const [id, { Properties }] of Object.entries(resources))
    if (Properties?.Policies) throw new Error(`${id} has inline policies`);
  return found;
};
