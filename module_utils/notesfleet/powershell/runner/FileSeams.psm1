# Files, for the runner in the user's session and for session 0 (safety 8). Each function is defined only where none of
# its name exists (NoSeam). Failures are `<code>: text`.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

function Get-SeamFailure($Exception) {
    # The code of a failed file operation, by Windows' error number.
    $base = $Exception.GetBaseException()
    $code = switch ($base.HResult -band 0xFFFF) { 32 { 'locked_file' } 33 { 'locked_file' } 112 { 'disk_full' } 5 { 'no_rights' } default { 'runner_error' } }
    "${code}: $($base.Message)"
}

if (Test-NoSeam 'Get-ClientFile') {
    function Get-ClientFile([string] $Path, [long] $Limit) {
        # Nothing only where Windows says that there is no such file or folder (2, 3). File.Exists would say the same of a
        # share that cannot be reached, and a stop file there would be none.
        try {
            $stream = New-Object System.IO.FileStream $Path, 'Open', 'Read', 'ReadWrite, Delete'
            try {
                $data = New-Object byte[] ([Math]::Min($stream.Length, $Limit))
                $read = 0
                while ($read -lt $data.Length -and ($count = $stream.Read($data, $read, $data.Length - $read)) -gt 0) { $read += $count }
                [System.Array]::Resize([ref] $data, $read)
                return , $data
            }
            finally { $stream.Dispose() }
        }
        catch {
            if (2, 3 -contains ($_.Exception.GetBaseException().HResult -band 0xFFFF)) { return $null }
            throw (Get-SeamFailure $_.Exception)
        }
    }
}
if (Test-NoSeam 'Set-ClientFile') {
    function Set-ClientFile([string] $Path, [byte[]] $Content) {
        # Temporary beside it, flushed, replaced: a cut leaves the file old or new. Replace keeps its rights.
        $temporary = $Path + '.notesfleet'
        try {
            $stream = New-Object System.IO.FileStream $temporary, 'Create', 'Write', 'None'
            try { $stream.Write($Content, 0, $Content.Length); $stream.Flush($true) } finally { $stream.Dispose() }
            if ([System.IO.File]::Exists($Path)) { [System.IO.File]::Replace($temporary, $Path, $null) }
            else { [System.IO.File]::Move($temporary, $Path) }
        }
        catch {
            try { [System.IO.File]::Delete($temporary) } catch { $null = $_ }
            throw (Get-SeamFailure $_.Exception)
        }
    }
}
if (Test-NoSeam 'Get-ClientFileList') {
    function Get-ClientFileList([string] $Folder) {
        if (-not [System.IO.Directory]::Exists($Folder)) { return }
        $names = [string[]]@([System.IO.Directory]::GetFiles($Folder) | ForEach-Object { [System.IO.Path]::GetFileName($_) })
        [System.Array]::Sort($names, [System.StringComparer]::Ordinal)
        $names
    }
}
if (Test-NoSeam 'Get-FolderPath') {
    function Get-FolderPath([string] $Name) { [System.Environment]::GetFolderPath(@{ ProgramFiles = 'ProgramFiles'; ProgramData = 'CommonApplicationData'; SystemRoot = 'Windows' }[$Name]) }
}
