# What travels before exchange.ps1 where the runner is to be delivered, behind FileSeams and SystemSeams: install.ps1.

function Expand-RunnerArchive([string] $Archive) {
    # Canonical JSON {"files":[{"base64","name"}]}, so its pairs can be taken by a pattern.
    $source = New-Object System.IO.MemoryStream (, [System.Convert]::FromBase64String($Archive))
    $reader = New-Object System.IO.StreamReader (New-Object System.IO.Compression.GZipStream $source, ([System.IO.Compression.CompressionMode]::Decompress))
    try { $text = $reader.ReadToEnd() } finally { $reader.Dispose() }
    foreach ($match in [regex]::Matches($text, '\{"base64":"([A-Za-z0-9+/=]*)","name":"([A-Za-z0-9._-]+)"\}')) {
        New-Object psobject -Property @{ Name = $match.Groups[2].Value; Content = [System.Convert]::FromBase64String($match.Groups[1].Value) }
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

