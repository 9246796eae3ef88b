/**
 * The wrapper's own text in POSIX sh, fifth part: files that the run was given. Only in wrappers that carry any. Conventions are those of
 * sh-arrival.ts. What was fetched once is kept in `<state dir>/c/<digest>` for a day, for other operations and runs; each operation gets a copy
 * of its own, in `<base>.in/<number>/<name>`, which goes with it.
 */

const python = `import sys,shutil,urllib.request as u;shutil.copyfileobj(u.urlopen(sys.stdin.readline().strip()),open(sys.argv[1],"wb"))`;
const perl = `chomp($u=<STDIN>);exit!HTTP::Tiny->new->mirror($u,$ARGV[0])->{success}`;
const pythonDigest = `import hashlib,sys;print(hashlib.sha256(open(sys.argv[1],"rb").read()).hexdigest())`;

/**
 * For each number, digest, address and name. The address is no argument of a tool, where every user of the node could see it. What does not
 * have the digest is not used.
 */
export const obtainFiles = `
_refuse(){
  rm -rf "$_base.in"
  _answer refused $1
}
_digest(){
  sha256sum <"$1"||shasum -a 256 <"$1"||openssl dgst -sha256 -r <"$1"||python3 -c '${pythonDigest}' "$1"
}
_get(){
  for _tool in curl wget python3 perl curl wget python3 perl;do
    command -v $_tool >/dev/null||continue
    _now
    _n=$((_until-\${_time%.*}))
    [ $_n -gt 0 ]||return
    case $_tool in
    curl)printf 'url="%s"\\n' "$2"|timeout $_n curl -qsfK - -o "$_part" --connect-timeout 9;;
    wget)printf '%s\\n' "$2"|timeout $_n wget -qO "$_part" -i -;;
    python3)printf '%s\\n' "$2"|timeout $_n python3 -c '${python}' "$_part";;
    perl)printf '%s\\n' "$2"|timeout $_n perl -MHTTP::Tiny -e '${perl}' "$_part"
    esac||{
      rm -f "$_part"
      _nap
      continue
    }
    case $(_digest "$_part") in $1*)
      mv -f "$_part" "$_file"
      return
    esac
    _why=filewrong
    rm -f "$_part"
  done
}
_mask=$(umask)
umask 077
mkdir -p "$_dir/c"
find "$_dir/c" -type f -mtime +0 -exec rm -f {} +
_now
_until=$((\${_time%.*}+@FILESECONDS@))
set -- @FILEWORDS@
while [ $# -gt 0 ];do
  _file=$_dir/c/$2
  _part=$_file.$$
  _why=filefetch
  [ -e "$_file" ]||_get $2 "$3"
  [ -e "$_file" ]||_refuse $_why
  mkdir -p "$_base.in/$1"
  cp "$_file" "$_base.in/$1/$4"||_refuse disk
  shift 4
done
umask $_mask
set -- "$_base.in"
@FILEVARIABLES@
`;

/** What the operation had goes with it. */
export const removeFiles = `rm -rf "$_base.in"`;
