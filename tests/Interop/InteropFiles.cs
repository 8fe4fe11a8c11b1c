using Appliance.Tests.EndToEnd;
using Appliance.Tests.Tidy;

namespace Appliance.Tests.Interop;

/// <summary>Where the scripts of this folder and what they need lie. A tool that is missing fails the tests that need it.</summary>
internal static class InteropFiles
{
    /// <summary>Debian's, which finds Debian's python3-grpcio whatever other Python comes first in the path.</summary>
    public const string Python = "/usr/bin/python3";

    private static readonly Lazy<Task<string>> PythonMessages = new(GenerateAsync);

    public static string Scripts { get; } = Path.Combine(SourceTree.FindRoot(), "tests", "Interop");

    public static string Proto { get; } = Path.Combine(SourceTree.FindRoot(), "tests", "Grpc", "protos", "echo.proto");

    /// <summary>The folder of the message classes that protoc makes for Python.</summary>
    public static Task<string> EnsurePythonMessagesAsync() => PythonMessages.Value;

    private static async Task<string> GenerateAsync()
    {
        string folder = Directory.CreateTempSubdirectory("interop-").FullName;
        string[] arguments = [$"--proto_path={Path.GetDirectoryName(Proto)}", $"--python_out={folder}", Path.GetFileName(Proto)];
        (await ProgramRun.StartAsync("protoc", arguments, new Dictionary<string, string>())).ShouldSucceed();
        return folder;
    }
}
