# What travels before exchange.ps1 where the runner is to be delivered, behind FileSeams and SystemSeams: install.ps1.

function Expand-RunnerArchive([string] $Archive) {
    # As package.py's runner_archive: for each file a line `NAME BYTES` and its content, ASCII all of it.
    $source = New-Object System.IO.MemoryStream (, [System.Convert]::FromBase64String($Archive))
    $reader = New-Object System.IO.StreamReader (New-Object System.IO.Compression.GZipStream $source, ([System.IO.Compression.CompressionMode]::Decompress)), ([System.Text.Encoding]::ASCII)
    try { $text = $reader.ReadToEnd() } finally { $reader.Dispose() }
    for ($at = 0; $at -lt $text.Length; $at += $length) {
        $line = [regex]::Match($text.Substring($at, [Math]::Min(120, $text.Length - $at)), '\A([A-Za-z0-9._-]+) ([0-9]{1,7})\n')
        if (-not $line.Success) { throw 'hash_mismatch: the runner that travelled cannot be unpacked' }
        $at += $line.Length
        $length = [int]$line.Groups[2].Value
        New-Object psobject -Property @{ Name = $line.Groups[1].Value; Content = [System.Text.Encoding]::ASCII.GetBytes($text.Substring($at, $length)) }
    }
}

function Install-Runner($Package, [string] $Folder) {
    # present or installed. A folder that is half written does not have its hash and is written again.
    if (-not (Enter-MachineLock)) { throw 'another exchange has held the machine lock for 60 s' }
    try {
        if ((Get-RunnerHash $Folder) -ceq $Package.hash) { return 'present' }
        New-ProtectedFolder -Path $Folder -Reader 'Users'
        foreach ($file in @(Expand-RunnerArchive $Package.archive)) { Set-ClientFile -Path "$Folder\$($file.Name)" -Content $file.Content }
        if ((Get-RunnerHash $Folder) -cne $Package.hash) { throw "hash_mismatch: $Folder does not have its hash after it was written" }
    }
    finally { Exit-MachineLock }
    'installed'
}

