import { Command } from 'commander';
import { addCommand, addGlobalOptions, addHelp, type CommandDefinition } from './command.ts';
import { agentsInstallCommand } from './commands/agents/install.ts';
import { agentsStatusCommand } from './commands/agents/status.ts';
import { budgetListCommand } from './commands/budget/list.ts';
import { budgetPutCommand } from './commands/budget/put.ts';
import { budgetRemoveCommand } from './commands/budget/remove.ts';
import { commandDiffCommand } from './commands/command/diff.ts';
import { commandGetCommand } from './commands/command/get.ts';
import { commandHistoryCommand } from './commands/command/history.ts';
import { commandLsCommand } from './commands/command/ls.ts';
import { commandPutCommand } from './commands/command/put.ts';
import { commandRmCommand } from './commands/command/rm.ts';
import { commandShowCommand } from './commands/command/show.ts';
import { consoleCommand } from './commands/console.ts';
import { contextAddCommand } from './commands/context/add.ts';
import { contextListCommand } from './commands/context/list.ts';
import { contextRemoveCommand } from './commands/context/remove.ts';
import { contextUseCommand } from './commands/context/use.ts';
import { costCommand } from './commands/cost.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { execCommand } from './commands/exec.ts';
import { importAutoexecCommand } from './commands/import/autoexec.ts';
import { importCrontabCommand } from './commands/import/crontab.ts';
import { jobApplyCommand } from './commands/job/apply.ts';
import { jobDiffCommand } from './commands/job/diff.ts';
import { jobExportCommand } from './commands/job/export.ts';
import { jobLsCommand } from './commands/job/ls.ts';
import { jobRmCommand } from './commands/job/rm.ts';
import { jobShowCommand } from './commands/job/show.ts';
import { localResetCommand } from './commands/local/reset.ts';
import { localUpCommand } from './commands/local/up.ts';
import { lockListCommand } from './commands/lock/list.ts';
import { lockRemoveCommand } from './commands/lock/remove.ts';
import { nodesListCommand } from './commands/nodes/list.ts';
import { planCommand } from './commands/plan.ts';
import { runAbortCommand } from './commands/run/abort.ts';
import { runContinueCommand } from './commands/run/continue.ts';
import { runDiffCommand } from './commands/run/diff.ts';
import { runAnswerCommand, runApproveCommand, runRejectCommand } from './commands/run/gate.ts';
import { runIgnoreCommand } from './commands/run/ignore.ts';
import { runListCommand } from './commands/run/list.ts';
import { runLogsCommand } from './commands/run/logs.ts';
import { runNodesCommand } from './commands/run/nodes.ts';
import { runPauseCommand } from './commands/run/pause.ts';
import { runPurgeCommand } from './commands/run/purge.ts';
import { runResetCommand } from './commands/run/reset.ts';
import { runResumeCommand } from './commands/run/resume.ts';
import { runRetryCommand } from './commands/run/retry.ts';
import { runShowCommand } from './commands/run/show.ts';
import { runStartCommand } from './commands/run/start.ts';
import { runWatchCommand } from './commands/run/watch.ts';
import {
  schedulePauseCommand,
  scheduleRemoveCommand,
  scheduleResumeCommand,
  scheduleRunNowCommand,
} from './commands/schedule/control.ts';
import {
  scheduleHistoryCommand,
  scheduleLsCommand,
  scheduleNextCommand,
  scheduleShowCommand,
} from './commands/schedule/look.ts';
import { schedulePutCommand } from './commands/schedule/put.ts';
import { secretListCommand } from './commands/secret/ls.ts';
import { secretRemoveCommand } from './commands/secret/rm.ts';
import { secretSetCommand } from './commands/secret/set.ts';
import { targetsHistoryCommand, targetsLsCommand, targetsShowCommand } from './commands/targets/look.ts';
import { targetsPutCommand } from './commands/targets/put.ts';
import { targetsRmCommand } from './commands/targets/rm.ts';
import { validateCommand } from './commands/validate.ts';
import { versionCommand } from './commands/version.ts';
import type { CliHost } from './host.ts';

/** A noun with its verbs. */
interface Noun {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly CommandDefinition[];
}

const nouns: readonly Noun[] = [
  {
    name: 'run',
    summary: 'Start, watch and control runs',
    commands: [
      runStartCommand,
      runListCommand,
      runShowCommand,
      runWatchCommand,
      runNodesCommand,
      runLogsCommand,
      runDiffCommand,
      runContinueCommand,
      runRetryCommand,
      runIgnoreCommand,
      runResetCommand,
      runApproveCommand,
      runRejectCommand,
      runAnswerCommand,
      runPauseCommand,
      runResumeCommand,
      runAbortCommand,
      runPurgeCommand,
    ],
  },
  {
    name: 'job',
    summary: 'Store jobs with their revisions',
    commands: [jobApplyCommand, jobLsCommand, jobShowCommand, jobDiffCommand, jobExportCommand, jobRmCommand],
  },
  {
    name: 'command',
    summary: 'Keep scripts as versioned commands that jobs use',
    commands: [
      commandPutCommand,
      commandGetCommand,
      commandLsCommand,
      commandShowCommand,
      commandDiffCommand,
      commandHistoryCommand,
      commandRmCommand,
    ],
  },
  {
    name: 'schedule',
    summary: 'Start stored jobs by the clock',
    commands: [
      schedulePutCommand,
      scheduleLsCommand,
      scheduleShowCommand,
      scheduleNextCommand,
      schedulePauseCommand,
      scheduleResumeCommand,
      scheduleRunNowCommand,
      scheduleHistoryCommand,
      scheduleRemoveCommand,
    ],
  },
  {
    name: 'targets',
    summary: 'Keep sets of targets under names, for jobs and for --set',
    commands: [targetsPutCommand, targetsLsCommand, targetsShowCommand, targetsHistoryCommand, targetsRmCommand],
  },
  { name: 'nodes', summary: 'Look at the inventory', commands: [nodesListCommand] },
  {
    name: 'agents',
    summary: "See how the clouds' agents stand, and install or update them",
    commands: [agentsStatusCommand, agentsInstallCommand],
  },
  {
    name: 'lock',
    summary: 'See what runs keep from each other, and take it away',
    commands: [lockListCommand, lockRemoveCommand],
  },
  {
    name: 'budget',
    summary: 'Limit how many nodes of a kind are worked on at once, over all runs',
    commands: [budgetListCommand, budgetPutCommand, budgetRemoveCommand],
  },
  {
    name: 'context',
    summary: 'Say which Drover is meant: deployments and local clouds',
    commands: [contextAddCommand, contextUseCommand, contextListCommand, contextRemoveCommand],
  },
  { name: 'local', summary: 'Run the local cloud on this machine', commands: [localUpCommand, localResetCommand] },
  {
    name: 'secret',
    summary: 'Keep secrets for the local cloud',
    commands: [secretSetCommand, secretListCommand, secretRemoveCommand],
  },
  { name: 'import', summary: 'Read jobs of other systems', commands: [importAutoexecCommand, importCrontabCommand] },
];

const verbs: readonly CommandDefinition[] = [
  planCommand,
  costCommand,
  execCommand,
  validateCommand,
  consoleCommand,
  demoCommand,
  doctorCommand,
  versionCommand,
];

/** The whole command line; `finish` is told the exit code of the command that ran. Errors and the end of `--help` are thrown. */
export const buildProgram = (host: CliHost, finish: (exitCode: number) => void): Command => {
  const program = new Command('drover')
    .description('Runs jobs over fleets of cloud instances, phase by phase, never twice.')
    .version(host.version, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'print help')
    .showSuggestionAfterError()
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
      // The thrown error is told at the end, like every other one.
      outputError: () => undefined,
      getOutHelpWidth: () => host.stdout.columns ?? 100,
      getErrHelpWidth: () => host.stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  addGlobalOptions(program);
  for (const { name, summary, commands } of nouns) {
    const noun = addHelp(program.command(name).summary(summary).description(summary));
    for (const command of commands) addCommand(noun, command, host, finish);
  }
  for (const command of verbs) addCommand(program, command, host, finish);
  return program;
};
