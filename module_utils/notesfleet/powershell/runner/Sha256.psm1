# The hash by which orders, records and files are known.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

function Get-Sha256Text {
    <# .SYNOPSIS
    SHA-256 of bytes as 64 lower-case hex digits. #>
    param([byte[]] $Data)
    $algorithm = [System.Security.Cryptography.SHA256]::Create()
    try { [System.BitConverter]::ToString($algorithm.ComputeHash($Data)).Replace('-', '').ToLowerInvariant() }
    finally { $algorithm.Dispose() }
}

Export-ModuleMember -Function Get-Sha256Text
