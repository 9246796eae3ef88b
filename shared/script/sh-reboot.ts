import { mostReboots, posixRebootCode } from './reboot.ts';

/**
 * The wrapper's own text in POSIX sh, a part of its own: scripts that may have their node rebooted, and are run again after that. Conventions
 * are those of sh-arrival.ts. Only in wrappers of such operations: it costs a process.
 *
 * A pass that asks for a reboot records so in the fence, in one line with the boot that it was in, and hands the agent the exit code that
 * makes it reboot. The arrival that finds that record in another boot goes on as the next pass: it creates `<fence>.r<pass>` exclusively, so
 * that only one does, and then puts its own name into the fence. Streams and outputs of all passes are in the same files.
 */

/**
 * Which boot this is: DROVER_BOOT_ID where the agent has it set (in a container, whose kernel is another's), else what the kernel says. Without
 * any a script is not rebooted, because nothing would tell the next pass from a second delivery of this one.
 */
export const boot = `
_pass=0
_first=$(date +%s)
_boot=$DROVER_BOOT_ID
[ "$_boot" ]||read -r _boot </proc/sys/kernel/random/boot_id||_boot=$(sysctl -n kern.boottime|tr -dc 0-9)
case $_boot in *[!A-Za-z0-9-]*)_boot=
esac
`;

/**
 * `_reboots` puts the words of the fence's record into _pass, _since (the boot) and _first, if it is one of a pass that asked for a reboot.
 * `_resume` goes on as the next pass; with an argument also in the same boot, which is how a stop takes the fence. The time that is left is
 * that of the operation as a whole; a clock that was set meanwhile never makes it longer.
 */
export const resume = `
_reboots(){
  {
    read -r _rest
    read -r _env
  } <"$_fence"
  case $_env in 'drover1 new '??' rebooting '*' .'|'drover1 new '???' rebooting '*' .')
    set -- $_env
    _rest=$6
    _since=$7
    _first=$8
    return
  esac
  return 1
}
_resume(){
  _reboots||return
  [ "$1" ]||[ "$_since" != "$_boot" ]||return
  _pass=$((_rest+1))
  set -C
  printf '%s %s\\n' $$ $_start >"$_fence.r$_pass"&&_own=1
  set +C
  if [ "$_own" ];then
    printf '%s %s\\n' $$ $_start >"$_fence.w"&&mv -f "$_fence.w" "$_fence"||_refuse disk
    _n=$((_timeout-$(date +%s)+_first))
    [ $_n -ge $_timeout ]||_timeout=$_n
    [ $_timeout -gt 0 ]||_timeout=1
  else
    _n=0
    while _reboots&&[ $((_rest+1)) = $_pass ];do
      [ $_n -lt 50 ]||_answer interrupted 0
      _nap
      _n=$((_n+1))
    done
  fi
}
`;

/** An arrival that is not the first may be the one after the reboot. */
export const arrive = `
[ "$_own" ]||_resume
`;

/** A stop of something that waits for its reboot takes its next pass away. */
export const stop = `
[ "$_own" ]||_resume stop
`;

/** At the end, before anything of the streams is read: no text follows, because agents that run the script again keep what this one printed. */
export const finish = `
case $1$_status in e${posixRebootCode})
  [ $_pass -lt ${mostReboots} ]&&[ "$_boot" ]&&{
    _line rebooting $_name $_pass $_boot $_first ${posixRebootCode}
    echo "$_env" >>"$_fence"
    echo "$_env"
    exit ${posixRebootCode}
  }
esac
`;

/** How many reboots there were, for the script. */
export const count = `DROVER_REBOOT_COUNT=$_pass`;
