import { LATEST_AGENT } from '../provider/agents.ts';

/** AWS's document that brings the agent of an instance up to date. */
export const UPDATE_DOCUMENT = 'AWS-UpdateSSMAgent';

/** What an update prints, run as a command of its own on the instance. */
export const updateScript = (version: string): string =>
  version === LATEST_AGENT.aws
    ? `echo 'amazon-ssm-agent ${version} has already been installed, update skipped'`
    : `echo 'Updating amazon-ssm-agent from ${version} to ${LATEST_AGENT.aws}'; echo 'amazon-ssm-agent updated successfully to ${LATEST_AGENT.aws}'`;
