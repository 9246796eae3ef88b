/**
 * The wrapper's own text in POSIX sh, part by part; first half: arriving at a node (sh-execution.ts runs the script and answers).
 * Comments and indentation are not shipped and names are shortened (see compact-sh.ts); `@WORD@` stands for something that render-sh.ts puts
 * in. It runs under dash, bash and busybox sh. What costs a process is avoided on the usual path (a first arrival whose script ends by
 * itself and prints little): there only timeout(1) and the interpreter are started.
 *
 * Files of one fence, all in `<state dir>/f/`, named `<fence>` plus:
 *   (nothing)     the fence itself: line 1 pid and uptime of the wrapper that owns it, then what it printed
 *   .o .e         stdout and stderr of the script, complete
 *   .sh .py ...   the script (with runAs in `<state dir>/u/<fence>/`, like the next)
 *   .out          $DROVER_OUTPUT
 *   .no           why the script could not be started
 *   .r1 .r2 ...   who goes on after that reboot (sh-reboot.ts)
 *   .in           folder with the files that the run was given (sh-files.ts)
 *   .m            a masked file on its way to its place (sh-secrets.ts)
 *   .raw          there while .o, .e and .out may show secrets
 */

/**
 * Clock, envelope line, refusal. Standard error is closed: agents merge or cut it, and everything worth saying is in the envelope.
 * Times are /proc/uptime in seconds with two decimals (no process, and no jump when the clock is set), where absent epoch seconds.
 */
export const basics = `
exec 2>/dev/null
_now(){
  read -r _time _rest </proc/uptime||_time=$(date +%s).00
}
# _hundredths TIME: in hundredths of a second, as an integer. The 1 keeps a fraction such as 09 from being read as octal.
_hundredths(){
  _cs=$((\${1%.*}*100+1\${1#*.}-100))
}
# _line FIELD...: the envelope line, with its own length and an end mark so that a cut one is not taken for whole.
_line(){
  _env="$* ."
  _env="drover1 new \${#_env} $_env"
}
# _answer KIND DETAIL: an envelope for a script that was not run here. Recorded when the fence is ours, so that a second arrival hears the same.
_answer(){
  _line $1 $_name $2 125
  [ "$_own" ]&&echo "$_env" >>"$_fence"
  echo "$_env"
  exit 125
}
_refuse(){
  _answer refused $1
}
_nap(){
  sleep .2||sleep 1
}
_own=
_pid=
_epoch=\${EPOCHREALTIME:--}
_status=
_nl='
'
_timeout=@TIMEOUT@
_grace=@GRACE@
_name=@NAME@
_now
_start=$_time
`;

/**
 * Values that differ per instance. One function for two uses: `_table : _keyed` adds the node key to the fence's name,
 * `_table export _go sh FILE` exports the instance's variables and starts its script.
 */
export const table = `
_keyed(){
  _name=$_name$1
}
_table(){
  case @INSTANCE@ in
  @ARMS@
  *)return 1
  esac
}
_table : _keyed||_refuse instance
`;

/**
 * The fence: a file created with O_EXCL (noclobber), which is as atomic as mkdir(1) and needs no process. Only when that fails one looks why.
 * The fallback under /tmp must be ours: others can write there.
 */
export const fence = `
_claim(){
  _fence=$_dir/f/$_name
  set -C
  printf '%s %s\\n' $$ $_start >"$_fence"&&_own=1
  set +C
  [ "$_own" ]||[ -e "$_fence" ]
}
_make(){
  (umask 077;mkdir -p "$_dir/f")
  [ -w "$_dir/f" ]&&_claim
}
_dir=\${DROVER_STATE_DIR:-/var/lib/drover}
case $_dir in /*);;*)_refuse state
esac
_claim||_make||{
  [ ! -w "$_dir/f" ]&&_dir=\${TMPDIR:-/tmp}/drover-$(id -u)
  (umask 077;mkdir -p "$_dir")
  [ -O "$_dir" ]&&[ ! -h "$_dir" ]&&_make
}||_refuse state
`;

/** Where the script and its outputs lie. */
export const ownBase = `
_base=$_fence
`;

/** With runAs the user must reach them, and nobody else may. */
export const userBase = `
_base=$_dir/u/$_name/s
`;

/**
 * Ending a tree: the process group, and whoever carries this fence's DROVER_OUTPUT in the environment it was started with. The latter finds
 * what left the group (setsid, a nested timeout). _stop gives all of them the grace time, then kills.
 */
export const kill = `
_tree(){
  grep -lF -e "DROVER_OUTPUT=$_base.out" /proc/[0-9]*/environ
}
_kill(){
  kill -s $1 -- -$_pid||kill -s $1 $_pid
  for _victim in $(_tree);do
    _victim=\${_victim#/proc/}
    kill -s $1 \${_victim%/*}
  done
}
_stop(){
  _kill TERM
  _n=0
  while { kill -s 0 -- -$_pid||[ "$(_tree)" ];}&&[ $_n -lt $((_grace*5)) ];do
    _nap
    _n=$((_n+1))
  done
  _kill KILL
}
`;

/**
 * A second arrival: waits while the owner lives, then prints what it recorded; never runs the script. The owner lives when its pid exists, is
 * no zombie and was started shortly before the uptime in the fence (else the pid is another's, after a reboot or a wrap-around; the clock
 * tick is 1/100 s on every Linux). A fence without a pid is one being written just now, or one whose owner died in that instant.
 * _over: nothing of it runs any more, and what a script with secrets printed is nobody's to read, as its wrapper could not mask it.
 */
export const replay = `
_alive(){
  read -r _stat <"/proc/$1/stat"||return
  _hundredths $2
  set -- \${_stat##*) }
  [ $1 != Z ]&&[ \${20} -lt $((_cs+9)) ]&&[ \${20} -gt $((_cs-6000)) ]
}
_over(){
  [ -e "$_fence.raw" ]&&rm -f "$_fence.o" "$_fence.e" "$_base.out" "$_fence.raw"
  _answer interrupted 0
}
_replay(){
  _now
  _limit=$((\${_time%.*}+_timeout+@PATIENCE@))
  _n=0
  while _now;[ \${_time%.*} -lt $_limit ];do
    _owner=
    read -r _owner _since <"$_fence"
    if [ "$_owner" ];then
      _alive $_owner $_since||break
    else
      [ $_n -lt 10 ]||break
      _n=$((_n+1))
    fi
    _nap
  done
  {
    read -r _rest
    read -r _env&&case $_env in 'drover1 new '*' .')
      printf 'drover1 replay %s\\n' "\${_env#drover1 new }"
      cat
      _env=\${_env% .}
      exit \${_env##* }
    esac
  } <"$_fence"
  [ "$(_tree)" ]&&_answer interrupted 1
  _over
}
`;

/** Only the first arrival goes on. */
export const firstOnly = `
[ "$_own" ]||_replay
`;

/**
 * Ending what a fence started, instead of starting something. A fence that nobody made is made now, so that a late delivery does not run. The
 * owner is asked to end: it ends the tree and records. Where the owner was killed, before or while it did so, the tree is ended from here;
 * also where it recorded that its script was killed, because whoever killed both may have begun with the script. But not when the script
 * ended by itself, because what it left running is meant to run. The answer is what a second arrival hears, or how the tree stands.
 */
export const stop = `
[ "$_own" ]&&_refuse stopped
read -r _owner _since <"$_fence"
if [ "$_owner" ]&&_alive $_owner $_since;then
  kill -s TERM $_owner
  _n=0
  while [ $_n -lt $((_grace*15)) ]&&_alive $_owner $_since;do
    _nap
    _n=$((_n+1))
  done
fi
if grep -q '^drover1 new' "$_fence"&&! grep -q '^drover1 new [0-9]* finished [^ ]* e 137 ' "$_fence";then
  _replay
fi
_stop
_n=0
while [ "$(_tree)" ]&&[ $_n -lt 10 ];do
  _nap
  _n=$((_n+1))
done
[ "$(_tree)" ]&&_answer interrupted 1
_over
`;
