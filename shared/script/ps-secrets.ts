/**
 * The wrapper's own text in PowerShell, third part: secrets. Only in wrappers that carry any. Conventions are those of ps-arrival.ts; `$dx` holds
 * the values by number. They are put into the environment of the script's process alone: never into a file, an argument, the wrapper's own
 * environment. As in sh (sh-secrets.ts), `.raw` is there while .o, .e and .out may show secrets.
 */

/** What a wrapper that was killed left behind, which nobody can mask any more, is removed: by its stop, a second arrival, the next one with secrets. */
export const drop = `
function zDrop($p){
  foreach($x in @('.o','.e','.out','.m','.raw')){try{[IO.File]::Delete($p+$x)}catch{}}
}
`;

/** In the stop and in a second arrival: only what says that it is raw. */
export const dropOwn = `
if([IO.File]::Exists($zFence+'.raw')){zDrop $zFence}
`;

/** Before anything is fetched. */
export const needs = `
foreach($f in [IO.Directory]::GetFiles($zDir)){
  if($f.EndsWith('.raw',[StringComparison]::Ordinal)){
    try{
      $f=$f.Substring(0,$f.Length-4)
      $w=(zAll $f).Split([char]10)[0].Split(' ')
      if([string](zStart $w[0]) -cne $w[1]){zDrop $f}
    }catch{}
  }
}
try{[IO.File]::WriteAllText($zFence+'.raw','')}catch{zRefuse 'disk'}
$dx=New-Object Collections.Specialized.StringDictionary
`;

/**
 * Fetches the sealed values, believes them only when they have the digest that came with the command, and opens them: AES-256-CBC, salted as
 * `openssl enc -md sha256` does it, which .NET has whole. What comes out are lines: `s` a secret's number and value, `k` how far back a match
 * may begin, `m` what to mask (windows-patterns.ts).
 */
export const open = `
$zHash=[Security.Cryptography.SHA256]::Create()
try{[Net.ServicePointManager]::SecurityProtocol=[Net.ServicePointManager]::SecurityProtocol -bor 3072}catch{}
$zTries=0
$zSealed=''
$zWrong='secretfetch'
while(-not $zSealed -and $zTries -lt 3){
  if($zTries -gt 0){Start-Sleep -Milliseconds 300}
  $zTries+=1
  try{
    $q=[Net.WebRequest]::Create(@SECRETURL@)
    $q.Timeout=10000
    $a=$q.GetResponse()
    $r=$a.GetResponseStream()
    $r=New-Object IO.StreamReader $r,$zLatin
    $zSealed=$r.ReadToEnd()
    $a.Close()
    $zWrong='secretwrong'
    if([BitConverter]::ToString($zHash.ComputeHash($zLatin.GetBytes($zSealed+$zNl))).Replace('-','') -ne '@DIGEST@'){$zSealed=''}
  }catch{
    $zSealed=''
    $zWrong='secretfetch'
  }
}
if(-not $zSealed){zRefuse $zWrong}
$zFind=@()
$zMasks=@()
$zReach=0
try{
  $zPass='@KEY@'
  $b=[Convert]::FromBase64String($zSealed)
  $zSalt=$zLatin.GetString($b,8,8)
  $zAes=[Security.Cryptography.Aes]::Create()
  $zAes.Key=$zHash.ComputeHash($zLatin.GetBytes($zPass+$zSalt))
  $zAes.IV=$zLatin.GetBytes($zLatin.GetString($zHash.ComputeHash($zLatin.GetBytes($zLatin.GetString($zAes.Key)+$zPass+$zSalt)),0,16))
  $zOpener=$zAes.CreateDecryptor()
  foreach($l in $zLatin.GetString($zOpener.TransformFinalBlock($b,16,$b.Length-16)).Split([char]10)){
    $r=$l.Substring(1)
    if($l.StartsWith('s',[StringComparison]::Ordinal)){
      $w=$r.Split(' ')
      $dx[$w[0]]=(dt ($w[1]))
    }elseif($l.StartsWith('k',[StringComparison]::Ordinal)){
      $zReach=[int]$r
    }else{
      $w=$r.Split([char]9)
      $zFind+=New-Object Text.RegularExpressions.Regex ($w[1])
      $zMasks+=New-Object Text.RegularExpressions.Regex ($w[0]+$w[1]+$w[2])
    }
  }
}catch{zRefuse 'secretopener'}
`;

/** Variables with secrets, variables and arguments with files: those of all nodes. */
export const assign = `
@LATEVARIABLES@
`;

/** Then those of this instance, which win. */
export const assignOwn = `
switch -CaseSensitive ($zId){
@LATEARMS@
}
`;

/**
 * Masks the files that hold what the script printed, before anything of them is looked at, in pieces: memory does not grow with them. What it
 * printed into DROVER_OUTPUT is read as text first, as PowerShell 5.1 writes UTF-16. A file that can neither be masked nor replaced ends the
 * wrapper without an answer.
 */
export const mask = `
function zMask($s){
  $i=0
  foreach($x in $zFind){
    if($x.IsMatch($s)){$s=$zMasks[$i].Replace($s,'******')}
    $i+=1
  }
  $s
}
function zMaskFile($p){
  $n=zSize $p
  $at=0
  $s=''
  try{
    while($at -lt $n){
      $t=zRead $p $at 1048576
      if($t.Length -eq 0){break}
      $at+=$t.Length
      $s=zMask ($s+$t)
      $k=$s.Length
      if($at -lt $n){$k=[Math]::Max(0,$k-$zReach)}
      zAppend ($p+'.m') ($s.Substring(0,$k))
      $s=$s.Substring($k)
    }
    if($n -gt 0){
      [IO.File]::Delete($p)
      [IO.File]::Move($p+'.m',$p)
    }
  }catch{[IO.File]::WriteAllText($p,'drover: it could not be masked, so it is withheld'+$zNl)}
}
zMaskFile ($zFence+'.o')
zMaskFile ($zFence+'.e')
$zN=zSize ($zFence+'.out')
if($zN -gt 4*@CAP@+9){zMaskFile ($zFence+'.out')}elseif($zN -gt 0){
  $zT=zMask ($zLatin.GetString($zUtf.GetBytes((zText ($zFence+'.out')))))
  [IO.File]::WriteAllText($zFence+'.out',$zUtf.GetString($zLatin.GetBytes($zT)))
}
[IO.File]::Delete($zFence+'.raw')
`;
