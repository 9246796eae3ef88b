/** How often one operation may have its node rebooted. */
export const mostReboots = 3;

/** Exit code of a script by which it asks for a reboot on a POSIX node, and of the wrapper by which it asks the agent (SSM, Cloud Assistant). */
export const posixRebootCode = 194;

/** The same on Windows (SSM, Cloud Assistant, and Windows Installer before them). */
export const windowsRebootCode = 3010;

/**
 * True for an exit code by which a script asks for a reboot. Either code does on Windows; elsewhere exit codes have eight bits, and 3010 is
 * 194 in them.
 */
export const asksForReboot = (exitCode: number | null): boolean =>
  exitCode === posixRebootCode || exitCode === windowsRebootCode;
