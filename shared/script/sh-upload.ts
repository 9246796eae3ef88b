/**
 * The wrapper's own text in POSIX sh, third part: the complete output goes to blob storage when the text after the envelope cannot hold it.
 * Conventions are those of sh-arrival.ts. Only rendered when there is a form to upload with, and only entered when a stream was cut or holds
 * bytes that an agent would replace: the usual path starts no process for it.
 *
 * The tools get the form's fields through standard input or a file, never as arguments, which every user of the node can see.
 */

/** Posts a file as multipart/form-data: URL, file, content type. Each streams the file, and fails when the server does not say 2xx. */
const python = `import sys,os,urllib.request as u;a,f,t=sys.argv[1:];u.urlopen(u.Request(a,open(f,"rb"),{"Content-Type":t,"Content-Length":str(os.path.getsize(f))}))`;
const perl = `($u,$f,$t)=@ARGV;open F,"<:raw",$f;exit!HTTP::Tiny->new->post($u,{headers=>{"Content-Type"=>$t,"Content-Length"=>-s $f},content=>sub{read F,my$b,65536;$b}})->{success}`;
const node = `[u,f,t]=process.argv.slice(1);s=require("fs");s.createReadStream(f).pipe(require(u.split(":")[0]).request(u,{method:"POST",headers:{"Content-Type":t,"Content-Length":s.statSync(f).size}},r=>process.exit(+(r.statusCode>299))).on("error",()=>process.exit(1)))`;
const pythonDigest = `import hashlib,sys;print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())`;

/** What an aborted operation may take for its upload: the run waits for the node's word that it ended. */
export const abortedUploadSeconds = 10;

/**
 * `_upload o` or `e`: says in _got what became of that stream: `-` nothing to do, `r` or `g` (as it is, or compressed) and its SHA-256 (none
 * where nothing can compute it), or `!` and why not: `id` no instance id, `none` no tool, `time` out of time, or a tool and its exit status.
 */
export const uploadStream = `
_fields(){
  printf -- "$1" key $_key policy $_policy @FIELDS@ \${_long:+@LONGFIELD@ $_long}
}
_left(){
  _now
  _n=$((_until-\${_time%.*}))
  [ $_n -gt 0 ]
}
_within(){
  _left&&timeout $_n "$@"
}
_body(){
  {
    _fields "--$_bound\\r\\nContent-Disposition: form-data; name=\\"%s\\"\\r\\n\\r\\n%s\\r\\n"
    printf -- '--%s\\r\\nContent-Disposition: form-data; name="file"; filename="f"\\r\\n\\r\\n' $_bound
    cat $_file
    printf '\\r\\n--%s--\\r\\n' $_bound
  } >$_stream.up
}
_post(){
  case $_tool in
  curl){
    _fields 'form-string="%s=%s"\\n'
    echo "form=\\"file=@$_file\\""
  }|timeout $_n curl -qsfK - -o /dev/null --connect-timeout 9 @URL@
  return
  esac
  [ -e $_stream.up ]||_body||return
  _type="multipart/form-data; boundary=$_bound"
  set -- @URL@ $_stream.up "$_type"
  case $_tool in
  wget)timeout $_n wget -qO /dev/null --header "Content-Type: $_type" --post-file $2 $1;;
  python3)timeout $_n python3 -c '${python}' "$@";;
  perl)timeout $_n perl -MHTTP::Tiny -e '${perl}' "$@";;
  node)timeout $_n node -e '${node}' "$@"
  esac
}
_upload(){
  _stream=\${_fence##*/}.$1
  _got=-
  [ -s $_stream ]||return
  _got=!id
  [ "$_id" ]||return
  _key=@PREFIX@$_id\${_name#@NAME@}.$1
  _file=$_stream
  _kind=r
  _sum=$(_within sha256sum <$_stream||_within shasum -a 256 <$_stream||_within openssl dgst -sha256 -r <$_stream||_within python3 -c '${pythonDigest}' <$_stream)
  _sum=\${_sum%% *}
  [ \${#_sum} = 64 ]||_sum=
  if _within gzip -1 <$_stream >$_stream.gz;then
    _kind=g
    _file=$_stream.gz
    _key=$_key.gz
  fi
  _got=!none
  for _tool in curl wget python3 perl node curl wget python3 perl node;do
    command -v $_tool >/dev/null||continue
    _left||{
      _got=!time
      break
    }
    _post
    _n=$?
    [ $_n = 0 ]&&{
      _got=$_kind$_sum
      break
    }
    _got=!$_tool$_n
    _nap
  done
  rm -f $_stream.up $_stream.gz
}
`;

/**
 * After the record was written: what must go up goes up, within its time, and the record is written again with what became of it. The one
 * before stays when the wrapper is killed meanwhile. iconv(1) tells, where it is, whether text that is shown whole is UTF-8.
 */
export const uploadOutput = `
_want=
[ $_ocut = 0 ]||_want=o
[ $_ecut = 0 ]||_want=\${_want}e
[ "$_want" ]||case $_big:$_text in 1:*|*[![:print:][:space:][:cntrl:]]*)
  command -v iconv >/dev/null&&{
    iconv -f UTF-8 -t UTF-8 "$_fence.o" "$_fence.e" >/dev/null||_want=oe
  }
esac
if [ "$_want" ];then
  _limit=@UPLOADSECONDS@
  [ $1 = c ]&&_limit=${abortedUploadSeconds}
  _now
  _until=$((\${_time%.*}+_limit))
  cd "$_dir/f"
  _id=@INSTANCE@
  set -- @LONG@
  _long=$1
  _policy=$(printf %s @POLICY@|base64|tr -d '\\n')
  _bound=d$$$_end
  _up=u
  for _rest in o e;do
    _got=-
    case $_want in *$_rest*)_upload $_rest
    esac
    _up=$_up$_got,
  done
  _seal
  {
    read -r _rest <"$_fence"
    printf '%s\\n' "$_rest"
    _print
  } >"$_fence.w"&&mv -f "$_fence.w" "$_fence"
fi
`;
