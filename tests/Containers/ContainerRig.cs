using System.Text;
using Appliance.Containers.Runtime;
using Appliance.Containers.Specs;
using Appliance.Containers.Streams;

namespace Appliance.Tests.Containers;

/// <summary>A runtime of its own, and what is needed to run something in it.</summary>
public sealed class ContainerRig : IAsyncLifetime
{
    private readonly string data = Directory.CreateTempSubdirectory("containers-").FullName;
    private readonly BusyboxImage image = new();
    private int lastContainer;

    public List<Exception> Reported { get; } = [];

    public ContainerRuntime Runtime { get; private set; } = null!;

    public Task InitializeAsync()
    {
        Runtime = Open();
        return Task.CompletedTask;
    }

    public ContainerSpec Spec(params string[] arguments) => new()
    {
        Id = $"test-{Interlocked.Increment(ref lastContainer)}",
        Layers = image.Layers,
        Process = Process(arguments),
    };

    public static ProcessSpec Process(params string[] arguments) => new()
    {
        Arguments = arguments,
        Environment = ["PATH=/bin"],
    };

    /// <summary>As after a kill: a new runtime that knows nothing.</summary>
    public async Task RestartAsync()
    {
        await Runtime.DisposeAsync();
        Runtime = Open();
    }

    public static async Task<string> ReadAsync(string path, Task ended)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var text = new StringBuilder();
        await foreach (OutputPiece piece in OutputReader.ReadAsync(path, 0, ended, timeout.Token))
        {
            text.Append(Encoding.UTF8.GetString(piece.Bytes.Span));
        }

        return text.ToString();
    }

    public async Task DisposeAsync()
    {
        string root = Runtime.Run.Root;
        await Runtime.DisposeAsync();
        Runtime = Open();
        await Runtime.SweepAsync();
        await Runtime.DisposeAsync();
        Directory.Delete(root, recursive: true);
        Directory.Delete(data, recursive: true);
        image.Dispose();
    }

    private ContainerRuntime Open() => new(
        RunDirectory.Of(data), Path.Combine(data, "tasks"), warmShims: 1, TimeProvider.System, Reported.Add);
}
