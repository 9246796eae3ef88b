/**
 * The wrapper's own text in POSIX sh, second half: running the script and answering. Conventions are those of sh-arrival.ts, and so are the
 * names it uses.
 */

/**
 * The contents of $DROVER_OUTPUT as one field: `-` none, `=text` with % for each line end when all of it is printable ASCII without %,
 * `+base64` otherwise, `!bytes` when above the cap.
 */
const outputs = `
_outputs=-
if [ -s "$_base.out" ];then
  _text=
  _odd=
  while IFS= read -r _rest||[ "$_rest" ];do
    case $_rest in *[!\\ -\\$\\&-~]*)_odd=1
    esac
    _text=$_text$_rest%
    [ \${#_text} -gt @CAP@ ]&&break
  done <"$_base.out"
  _outputs==$_text
  [ "$_odd" ]&&_outputs=+$(base64 <"$_base.out"|tr -d '\\n')
  [ \${#_text} -gt @CAP@ ]&&_n=$(($(wc -c <"$_base.out")))&&[ $_n -gt @CAP@ ]&&_outputs=!$_n
fi
`;

/**
 * The text to show. Little text is read with builtins: the size is the offset of the open file (no process), believed only when as many
 * bytes were then read, which NUL bytes or a file opened a second time prevent. Else sizes come from wc(1) and each stream keeps its head and
 * tail, sharing the room. A mark that occurs in neither stream ends each (lengths would not survive agents that re-encode invalid UTF-8).
 */
const text = `
_mark==$$-$_end=
_osize=0
_esize=0
_ocut=0
_ecut=0
_text=
_big=
if [ -s "$_fence.o" ]||[ -s "$_fence.e" ];then
  read -r _rest _osize </proc/self/fdinfo/3
  read -r _rest _esize </proc/self/fdinfo/4
  if [ $((_osize+_esize)) -le @QUICK@ ]&&_slurp "$_fence.o"&&_first=$_text&&_slurp "$_fence.e"&&[ \${#_first} = $_osize ]&&[ \${#_text} = $_esize ];then
    while case $_first$_text in *"$_mark"*);;*)false
    esac;do _mark=$_mark=;done
    _text="$_first$_nl\${_mark}o$_nl$_text$_nl\${_mark}e$_nl"
  else
    _big=1
    _osize=$(($(wc -c <"$_fence.o")))
    _esize=$(($(wc -c <"$_fence.e")))
    while grep -qF -e $_mark "$_fence.o" "$_fence.e";do _mark=$_mark=;done
    _oroom=@HALF@
    _eroom=@HALF@
    [ $_osize -lt @HALF@ ]&&_eroom=$((@ROOM@-_osize))
    [ $_esize -lt @HALF@ ]&&_oroom=$((@ROOM@-_esize))
    [ $_osize -gt $_oroom ]&&_ocut=$((_osize-_oroom/2*2))
    [ $_esize -gt $_eroom ]&&_ecut=$((_esize-_eroom/2*2))
  fi
fi
`;

/**
 * The end: record, then print, then the exit status, which never is one that an agent gives a meaning to (SSM: 137 stopped, 168, 169 skip the
 * rest, 194 reboot and run again; Cloud Assistant: 193 power off, 194 reboot). `e` the script ended by itself, `t` timed out, `c` cancelled.
 * LC_ALL=C makes bash count bytes. Whatever changes the streams (what must not be seen of them) goes before the outputs and the text are read:
 * record, print and upload (sh-upload.ts) take them as they then are. About one arrival in a hundred removes what is older than a week, in the background.
 */
export const finish = `
_slurp(){
  _text=
  while IFS= read -r _rest;do _text=$_text$_rest$_nl;done <"$1"
  _text=$_text$_rest
}
_part(){
  if [ $2 = 0 ];then
    cat "$1"
  else
    dd bs=$(($3/2)) count=1 <"$1"
    printf '\\n%sg\\n' $_mark
    tail -c $(($3/2)) "$1"
  fi
  printf '\\n%s%s\\n' $_mark $4
}
_print(){
  if [ "$_big" ];then
    printf '%s\\n' "$_env"
    _part "$_fence.o" $_ocut $_oroom o
    _part "$_fence.e" $_ecut $_eroom e
  else
    printf '%s\\n%s' "$_env" "$_text"
  fi
}
_seal(){
  _line finished $_name $_how $_status $_start $_end $_epoch $_osize $_esize $_ocut $_ecut $_up $_mark "$_outputs" $_code
}
_finish(){
  trap '' TERM INT HUP
  LC_ALL=C
  @REMOVEFILES@
  @MASK@
  @REBOOT@
  ${outputs}
  ${text}
  _code=$_status
  case $1$_status in
  t*)_code=124
  ;;
  c*|e137|e168|e169|e193|e194)_code=1
  esac
  _how=$1
  _up=
  _seal
  _print >>"$_fence"
  @UPLOAD@
  _print
  case $_start in *.37)(cd "$_dir"&&find . -path './[cfu]/*' -prune -mtime +7 -exec rm -rf {} +) >/dev/null 3>&- 4>&- &
  esac
  exit $_code
}
`;

/** The agent asks the wrapper to end (Cloud Assistant, an operator; SSM sends KILL, which nothing can catch). A script that just ended counts as ended. */
export const cancel = `
_cancel(){
  [ "$_status" ]&&return
  trap '' TERM INT HUP
  _pid=\${_pid:-$!}
  _kill TERM
  (sleep $_grace;_kill KILL) >/dev/null 3>&- 4>&- &
  wait $_pid
  _status=$?
  kill -s KILL $!
  _stop
  _now
  _end=$_time
  _finish c
}
trap _cancel TERM INT HUP
`;

/** The script as a file. */
export const scriptFile = `
printf %s @SCRIPT@ >"$_base.@SUFFIX@"||_refuse disk
`;

/** The libraries as files, by name and text. */
export const libraryFiles = `
mkdir -p "$_base.lib"
set -- @FILES@
while [ $# -gt 0 ];do
  printf %s "$2" >"$_base.lib/$1"||_refuse disk
  shift 2
done
`;

/** Where the libraries are, and how the language finds them. */
export const libraryFolder = `export DROVER_LIB="$_base.lib"@SEARCHPATH@`;

/** The user to run as: nothing to do when we are that user; else only root can change. */
export const userCheck = `
_user=@USER@
if [ "$(id -un)" = $_user ];then
  _user=
else
  id -u $_user >/dev/null||_refuse user
  [ $(id -u) = 0 ]||_refuse runas
  command -v runuser >/dev/null||command -v su >/dev/null||_refuse runas
fi
chmod 711 "$_dir"
mkdir -p "$_dir/u/$_name"
chmod 711 "$_dir/u"
chmod 700 "$_dir/u/$_name"
`;

/** Gives the user what belongs to the user. */
export const userFiles = `
[ -z "$_user" ]||chown -R $_user "$_dir/u/$_name"||_refuse runas
`;

/**
 * What the script's own process does before it becomes the script: nothing here can change the wrapper, being in a subshell.
 * `_go [KEY] [NAME=VALUE for env(1)]... INTERPRETER FILE [ARGUMENT]...`; the key only with a table.
 * timeout(1) makes the process group and ends it in time, even when the wrapper was killed.
 */
export const start = `
_no(){
  echo $1 >"$_fence.no"
  exit 125
}
_go(){
  @SHIFT@
  @PATHCHECK@
  command -v @INTERPRETER@ >/dev/null||_no interpreter
  @PATHBACK@
  command -v timeout >/dev/null||_no timeout
  export DROVER_OUTPUT="$_base.out" @REBOOTCOUNT@
  @LIBRARY@
  set -- @ENVCOMMAND@"$@"@ARGS@
  @RUNAS@
  exec timeout -k $_grace $_timeout "$@"
}
`;

/** With a table, the first argument of _go is the node key. */
export const dropKey = `shift`;

/** Values that export cannot carry. */
export const envCommand = `env @ENVWORDS@ `;

/** Looks the interpreter up along the PATH that the script will have. */
export const pathCheck = `
_path=$PATH
for _rest in @PATHS@ "$@";do
  case $_rest in PATH=*)PATH=\${_rest#PATH=};;
  @INTERPRETER@)break
  esac
done
`;

/** Back to the wrapper's own PATH. */
export const pathBack = `
PATH=$_path
`;

/** Puts the user's command behind a change of user. */
export const runAs = `
[ "$_user" ]&&if command -v runuser >/dev/null;then
  set -- runuser -u $_user -- "$@"
else
  set -- su -s /bin/sh -c 'exec "$@"' -- $_user sh "$@"
fi
`;

/**
 * Starts the script and waits. The 124 and 137 of timeout(1), 143 with busybox, mean a timeout only when the time was used up.
 * A shell starts background commands with SIGINT ignored, so the script has it ignored too.
 */
export const run = `
exec 3>>"$_fence.o" 4>>"$_fence.e"
(
  @CHANGEDIRECTORY@
  @EXPORTS@
  @GO@ @COMMAND@ "$_base.@SUFFIX@"
) </dev/null >&3 2>&4 3>&- 4>&- &
_pid=$!
wait $_pid
_status=$?
_now
_end=$_time
case $_status in
124|137|143)_hundredths $_end
  _n=$_cs
  _hundredths $_start
  [ $((_n-_cs)) -lt $((_timeout*100)) ]||{
    _stop
    _finish t
  }
;;
125)[ -e "$_fence.no" ]&&read -r _rest <"$_fence.no"&&_refuse $_rest
esac
_finish e
`;

/** The working directory. */
export const changeDirectory = `cd @DIRECTORY@||_no directory`;

/** The batch's variables. */
export const exports = `export @ASSIGNMENTS@`;

/** Starting with the batch's values, or with those of this instance too. */
export const goAlike = `_go`;
export const goByInstance = `_table export _go`;
