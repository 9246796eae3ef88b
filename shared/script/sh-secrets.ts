/**
 * The wrapper's own text in POSIX sh, fourth part: secrets. Only in wrappers that carry any, so that others cost nothing. Conventions are those
 * of sh-arrival.ts. Values are shell variables of the wrapper (`_s0`, `_s1` …) that only the script's own environment gets to see: never an
 * argument of a process, never a file. What is masked in the output is in `_x0`, one text a line, in percent-encoding.
 */

/**
 * A shell that traces or echoes what it runs must not show values, and what is missing is said before anything is fetched. What a wrapper left
 * behind that could not mask any more, as it was killed, is removed by the next one with secrets.
 */
export const needs = `
set +xv
_any(){
  for _rest in "$@";do
    command -v $_rest >/dev/null&&return
  done
  return 1
}
_any awk||_refuse secretmasker
_any timeout||_refuse timeout
for _text in "$_dir"/f/*.raw;do
  _rest=\${_text%.raw}
  [ -e "$_text" ]&&read -r _owner _since <"$_rest"&&! _alive $_owner $_since&&rm -f "$_rest.o" "$_rest.e" "$_rest.out" "$_dir/u/\${_rest##*/}/s.out" "$_text"
done
: >"$_fence.raw"
`;

/**
 * AES-256-CTR, salted as \`openssl enc\` does it, for nodes that have python3 and no openssl. Slow, and secrets are small. The password is in
 * the environment of the process, where only root and its user can read it.
 */
const pythonOpen = `import sys,os,base64
from hashlib import sha256
from functools import reduce
d=base64.b64decode(sys.stdin.read())
f=os.environb[b"_key"]
k=sha256(f+d[8:16]).digest()
v=int.from_bytes(sha256(k+f+d[8:16]).digest()[:16],"big")
T=lambda a:a*2^(a>>7)*283
S=[99]*256
p=q=1
for i in range(255):p^=T(p);q^=q<<1;q^=q<<2;q^=q<<4;q&=255;q^=(q>>7)*9;x=q|q<<8;S[p]=(x^x>>4^x>>5^x>>6^x>>7)&255^99
w=[k[i:i+4]for i in range(0,32,4)]
for i in range(8,60):t=w[-1];t=[S[t[1]]^1<<i//8-1,S[t[2]],S[t[3]],S[t[0]]]if i%8<1 else[S[b]for b in t]if i%8==4 else t;w+=[[a^b for a,b in zip(w[-8],t)]]
K=sum(map(list,w),[])
H=lambda s:[S[s[i*5%16]]for i in range(16)]
M=lambda s:[T(s[i])^T(s[i//4*4+(i+1)%4])^s[i//4*4+(i+1)%4]^s[i//4*4+(i+2)%4]^s[i//4*4+(i+3)%4]for i in range(16)]
X=lambda s,r:[a^b for a,b in zip(s,K[16*r:])]
E=lambda n:X(H(reduce(lambda s,r:X(M(H(s)),r),range(1,14),X(n.to_bytes(16,"big"),0))),14)
sys.stdout.buffer.write(b"".join(bytes(a^b for a,b in zip(d[i:i+16],E((v+i//16-1)%2**128)))for i in range(16,len(d),16)))`;

/**
 * Fetches the sealed values, believes them only when they have the digest that came with the command, and opens them. The digest and the key
 * come by the agent, the sealed text by the address: neither alone is worth anything.
 */
export const open = `
_any curl wget python3 perl||_refuse secretfetcher
_any openssl python3||_refuse secretopener
_fetch(){
  timeout 10 curl -sf "$1"||timeout 10 wget -qO- "$1"||timeout 10 python3 -c 'import sys,urllib.request as u
sys.stdout.write(u.urlopen(sys.argv[1]).read().decode())' "$1"||timeout 10 perl -MHTTP::Tiny -e '$r=HTTP::Tiny->new->get(@ARGV);print $r->{content};exit!$r->{success}' "$1"
}
_open(){
  printf '%s\\n' "$_sealed"|_key=@KEY@ openssl enc -d -a -aes-256-ctr -md sha256 -pass env:_key||printf '%s\\n' "$_sealed"|_key=@KEY@ python3 -c '${pythonOpen}'
}
_n=0
while
  _rest=secretfetch
  ! _sealed=$(_fetch @SECRETURL@)||{
    _rest=secretwrong
    case $(printf '%s\\n' "$_sealed"|sha256sum) in @DIGEST@*)false
    esac
  }
do
  _n=$((_n+1))
  [ $_n -lt 2 ]||_refuse $_rest
  _nap
done
_sealed=$(_open)
[ "$_sealed" ]||_refuse secretopener
eval "$_sealed"
`;

/** No sealed values, and so no list of what to mask but the values from the agent. */
export const nothingSealed = `
_x0=
`;

/**
 * Values that Alibaba Cloud's agent puts into the script before it starts it. Whatever they hold, no shell reads it: the word that ends them
 * is made of chance.
 */
export const fromAgent = `
@AGENTSECRETS@
case @AGENTSHOWN@ in *{?oos-secret:*)_refuse secretagent
esac
`;

/**
 * Replaces what must not be shown by six stars: as it is, percent-encoded in any mixture, and inside any base64 text (each of the three
 * positions a byte can have in it, both alphabets, broken into lines or not). It reads the list, an empty line, and the text with one line end
 * added, in pieces, so that its memory does not grow with the text. Bytes are bytes (LC_ALL=C). It runs under mawk, gawk, busybox awk and bwk awk;
 * the latter two end a line at a NUL, so a NUL becomes a full stop for them.
 *   p texts, e their base64 forms (f, g: a character at its beginning, at its end, holds bits of a neighbour too), X the longest text,
 *   H byte by its two hexadecimal digits, o number of a byte, B what was read and may still be part of something
 */
const masker = `
function dec(t,q,k,i,r,h){
  k=split(t,q,"%")
  r=q[1]
  for(i=2;i<=k;i++){
    h=tolower(substr(q[i],1,2))
    r=r (h in H?H[h] substr(q[i],3):"%" q[i])
  }
  return r
}
function add(v,s,k,i,n,w,d){
  if(length(v)<4||v in c||v!~/[^*]/)return
  c[v]
  p[++N]=v
  if(length(v)>X)X=length(v)
  for(k=0;k<6;k+=2){
    s=""
    w=0
    n=k
    for(i=1;i<=length(v);i++){
      w=w*256+o[substr(v,i,1)]
      for(n+=8;n>5;w-=d*P[n]){
        n-=6
        d=int(w/P[n])
        s=s substr(A,d+1,1)
      }
    }
    e[++E]=k?substr(s,2):s
    f[E]=k>0
    g[E]=n>0
  }
}
function view(b,y,s,i,j,k,l,t,u,w,z,m,n,r){
  s=b
  if(y){
    gsub(/[ \\t\\r\\n]/,"",s)
    if(index(s,"%")){
      gsub(/%2[Bb]/,"+",s)
      gsub(/%2[Ff]/,"/",s)
    }
    gsub(/-/,"+",s)
    gsub(/_/,"/",s)
  }else s=dec(b)
  split("",m)
  n=0
  for(j=y?E:N;j;j--){
    t=y?e[j]:p[j]
    l=length(t)
    u=s
    z=0
    while(k=index(u,t)){
      n=1
      for(i=z+k-(y&&f[j]);i<z+k+l+(y&&g[j]);i++)m[i]
      z+=k+l-1
      u=substr(u,k+l)
    }
  }
  if(!n)return b
  n=length(b)
  k=0
  z=1
  u=0
  for(i=1;i<=n;i+=w){
    t=substr(b,i,1)
    w=1
    if(y&&t~/[ \\t\\r\\n]/){
      if(u)z=i
      u=0
      continue
    }
    if(t=="%"&&(y?substr(b,i,3)~/^%2[BbFf]/:tolower(substr(b,i+1,2)) in H))w=3
    if(++k in m){
      if(!u)r=r substr(b,z,i-z)"******"
      u=1
    }else{
      if(u)z=i
      u=0
    }
  }
  return r (u?"":substr(b,z))
}
function mask(b,j,k,r){
  if(index(b,"%"))b=view(b,0)
  for(j=1;j<=N;j++){
    r=""
    while(k=index(b,p[j])){
      r=r substr(b,1,k-1)"******"
      b=substr(b,k+length(p[j]))
    }
    b=r b
  }
  return view(b,1)
}
function feed(t,k){
  B=B t
  if(length(B)<T+T+16384)return
  B=mask(B)
  k=length(B)-T
  print substr(B,1,k)
  B=substr(B,k+1)
}
BEGIN{
  ORS=""
  A="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  for(P[i=0]=1;i<14;i++)P[i+1]=2*P[i]
  for(i=1;i<256;i++){
    t=sprintf("%c",i)
    o[t]=i
    H[sprintf("%02x",i)]=t
  }
  @AGENTLINES@
}
G{
  t=(Z++?"\\n":"") $0
  n=length(t)
  for(i=1;i<=n;i+=16384)feed(substr(t,i,16384))
  next
}
$0==""{
  G=1
  T=4*X+200
  next
}
{
  add(dec($0))
}
END{
  print mask(B)
}
`;

/**
 * Masks the files that hold what the script printed, before anything of them is looked at. The masked file takes the place of the raw one, so
 * that what still writes to that one writes to nothing. Text that cannot be masked is withheld.
 */
export const mask = `
_mask(){
  _rest=cat
  [ "$(printf 'a\\0b'|LC_ALL=C awk '{print length($0)}')" = 3 ]||_rest='tr \\000 .'
  for _text in "$_fence.o" "$_fence.e" "$_base.out";do
    [ -s "$_text" ]||continue
    {
      printf '%s\\n' "$_x0"
      $_rest <"$_text"
      echo
    }|@AGENTVALUES@LC_ALL=C awk '${masker}' >"$_fence.m"||echo 'drover: it could not be masked, so it is withheld' >"$_fence.m"
    mv -f "$_fence.m" "$_text"
  done
  rm -f "$_fence.raw"
}
`;

/** The masker learns values that came from the agent out of its environment, and masks each of their lines too. */
export const agentLines = `
for(i in ENVIRON)if(i~/^[_]s.$/){
  add(ENVIRON[i])
  n=split(ENVIRON[i],q,/[ \\t\\r]*\\n[ \\t\\r]*/)
  for(j=1;j<=n;j++)add(q[j])
}
`;
