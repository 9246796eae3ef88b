/**
 * The wrapper's own text in PowerShell, fifth part: files that the run was given. Only in wrappers that carry any. Conventions are those of
 * ps-arrival.ts; `dk` obtains a file, `$di` holds the paths by number. What was fetched once is kept in `<state dir>\\files` for a day; each
 * operation gets a copy of its own in a folder that goes with it.
 */
export const obtainFiles = `
try{[Net.ServicePointManager]::SecurityProtocol=[Net.ServicePointManager]::SecurityProtocol -bor 3072}catch{}
$di=New-Object Collections.Specialized.StringDictionary
$zIn=$zFence+'.in'
$zStore=$zDir+'iles'
$zFetchEnd=$zClock.Elapsed.TotalSeconds+@FILESECONDS@
function dk($i,$s,$u,$n){
  $kept=[IO.Path]::Combine($zStore,$s)
  $part=$kept+'.'+$PID
  $why='filefetch'
  $tries=0
  while(-not [IO.File]::Exists($kept) -and $tries -lt 2 -and $zClock.Elapsed.TotalSeconds -lt $zFetchEnd){
    $tries+=1
    try{
      $q=[Net.WebRequest]::Create($u)
      $q.Timeout=[int](($zFetchEnd-$zClock.Elapsed.TotalSeconds)*1000)
      $a=$q.GetResponse()
      $r=$a.GetResponseStream()
      $f=[IO.File]::Open($part,'Create','Write','Read')
      try{$r.CopyTo($f)}finally{$f.Dispose()}
      $a.Close()
      $why='filewrong'
      $h=[Security.Cryptography.SHA256]::Create()
      $f=[IO.File]::Open($part,'Open','Read','ReadWrite')
      try{$sum=[BitConverter]::ToString($h.ComputeHash($f)).Replace('-','')}finally{$f.Dispose()}
      if($sum -eq $s){[IO.File]::Move($part,$kept)}
    }catch{}
    try{[IO.File]::Delete($part)}catch{}
  }
  if(-not [IO.File]::Exists($kept)){zRefuse $why}
  try{
    $p=[IO.Path]::Combine($zIn,$i)
    $null=[IO.Directory]::CreateDirectory($p)
    $p=[IO.Path]::Combine($p,$n)
    [IO.File]::Copy($kept,$p,$true)
    $di[$i]=$p
  }catch{zRefuse 'disk'}
}
try{
  $null=[IO.Directory]::CreateDirectory($zStore)
  foreach($f in [IO.Directory]::GetFiles($zStore)){
    if([IO.File]::GetLastWriteTimeUtc($f) -lt [DateTime]::UtcNow.AddDays(-1)){[IO.File]::Delete($f)}
  }
}catch{}
@OBTAIN@
`;

/** What the operation had goes with it. */
export const removeFiles = `
try{[IO.Directory]::Delete($zIn,$true)}catch{}
`;
