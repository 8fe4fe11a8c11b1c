using System.Runtime.Versioning;

// Containers, overlays and file modes are Linux's; without this the analysers ask for guards against Windows.
[assembly: SupportedOSPlatform("linux")]
