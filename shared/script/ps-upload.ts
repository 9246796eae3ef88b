import { abortedUploadSeconds } from './sh-upload.ts';

/**
 * The wrapper's own text in PowerShell, fourth part: the complete output goes to blob storage when the text after the envelope cannot hold it;
 * only rendered when there is a form to upload with. Conventions are those of ps-arrival.ts; `dp` adds a field to the form, `$dg` is a long
 * value of it. What it does is what sh-upload.ts does, with .NET in place of tools.
 */

/**
 * `zUpload o` or `e` gives what became of that stream: `-` nothing to do, `g` (compressed) and its SHA-256, or `!` and why not: `id` no instance
 * id, `time` out of time, `net` and the status of the answer, 0 when there was none.
 */
export const uploadStream = `
$zBound='drover'+$PID+'x'+$zBegin.ToString('0',$zIc)
$zCr=[string][char]13+$zNl
$zHead=''
function dp($n,$v){$script:zHead+='--'+$zBound+$zCr+'Content-Disposition: form-data; name="'+$n+'"'+$zCr+$zCr+$v+$zCr}
function zWrite($to,$s){
  $b=$zLatin.GetBytes($s)
  $to.Write($b,0,$b.Length)
}
function zPost($p){
  $zTail=$zCr+'--'+$zBound+'--'+$zCr
  $q=[Net.WebRequest]::Create(@URL@)
  $q.Method='POST'
  $q.Timeout=[int]([Math]::Max(1,$zUntil-$zClock.Elapsed.TotalSeconds)*1000)
  $q.ReadWriteTimeout=$q.Timeout
  $q.AllowWriteStreamBuffering=$false
  $q.ContentType='multipart/form-data; boundary='+$zBound
  $q.ContentLength=$zHead.Length+(zSize $p)+$zTail.Length
  $to=$q.GetRequestStream()
  zWrite $to $zHead
  $f=[IO.File]::Open($p,'Open','Read','ReadWrite')
  try{
    $b=New-Object byte[] 65536
    while($true){
      $n=$f.Read($b,0,65536)
      if($n -le 0){break}
      if($zClock.Elapsed.TotalSeconds -ge $zUntil){
        $q.Abort()
        break
      }
      $to.Write($b,0,$n)
    }
  }finally{$f.Dispose()}
  zWrite $to $zTail
  $to.Close()
  $a=$q.GetResponse()
  $a.Close()
}
function zUpload($c){
  $p=$zFence+'.'+$c
  if((zSize $p) -eq 0){return '-'}
  if(-not $zId -or $zId.StartsWith('{',[StringComparison]::Ordinal)){return '!id'}
  $got='!time'
  try{
    $f=[IO.File]::Open($p,'Open','Read','ReadWrite')
    $h=[Security.Cryptography.SHA256]::Create()
    $sum=[BitConverter]::ToString($h.ComputeHash($f)).Replace('-','').ToLowerInvariant()
    $null=$f.Seek(0,'Begin')
    $g=[IO.File]::Open($p+'.gz','Create','Write','Read')
    $z=New-Object IO.Compression.GZipStream $g,([IO.Compression.CompressionMode]::Compress)
    $f.CopyTo($z)
    $z.Dispose()
    $g.Dispose()
    $f.Dispose()
    $script:zHead=''
    dp 'key' (@PREFIX@+$zId+$dn.Substring(@NAME@.Length)+'.'+$c+'.gz')
    dp 'policy' ([Convert]::ToBase64String($zUtf.GetBytes(@POLICY@)))
    @FIELDS@
    $script:zHead+='--'+$zBound+$zCr+'Content-Disposition: form-data; name="file"; filename="f"'+$zCr+$zCr
    $script:zHead=$zLatin.GetString($zUtf.GetBytes($zHead))
    $tries=0
    while($tries -lt 2 -and $zClock.Elapsed.TotalSeconds -lt $zUntil){
      $tries+=1
      try{
        zPost ($p+'.gz')
        $got='g'+$sum
        $tries=2
      }catch{
        $n=0
        try{$n=[int]$_.Exception.InnerException.Response.StatusCode}catch{}
        $got='!net'+$n
      }
    }
    if($got.StartsWith('!',[StringComparison]::Ordinal) -and $zClock.Elapsed.TotalSeconds -ge $zUntil){$got='!time'}
  }catch{$got='!none'}
  try{[IO.File]::Delete($p+'.gz')}catch{}
  $got
}
`;

/**
 * After the record was written: what must go up goes up, within its time, and the record is written again with what became of it, in one step,
 * because the fence is that file. The one before stays when the wrapper is killed meanwhile. Where an agent changes the code page, text that is
 * not ASCII comes in base64 and is whole.
 */
export const uploadOutput = `
$zWant=''
if($zOc -gt 0){$zWant='o'}
if($zEc -gt 0){$zWant+='e'}
if(-not $zWant -and -not @ENCODE@){
  $zStrict=New-Object Text.UTF8Encoding $false,$true
  try{
    $null=$zStrict.GetString($zLatin.GetBytes($zA))
    $null=$zStrict.GetString($zLatin.GetBytes($zC))
  }catch{$zWant='oe'}
}
if($zWant){
  $zUntil=$zClock.Elapsed.TotalSeconds+@UPLOADSECONDS@
  if($zHow -ceq 'c'){$zUntil=$zClock.Elapsed.TotalSeconds+${abortedUploadSeconds}}
  try{[Net.ServicePointManager]::SecurityProtocol=[Net.ServicePointManager]::SecurityProtocol -bor 3072}catch{}
  $dg=@LONG@
  $zUp='u'
  foreach($c in @('o','e')){
    if($zWant.Contains($c)){$zUp+=(zUpload $c)+','}else{$zUp+='-,'}
  }
  $zUp+=' '
  try{
    zAppend ($zFence+'.w') ((zAll $zFence).Split([char]10)[0]+$zNl+(zSeal))
    [IO.File]::Replace($zFence+'.w',$zFence,[NullString]::Value)
  }catch{}
}
`;
