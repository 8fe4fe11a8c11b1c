using System.Text.Json;
using Appliance.Containers.Networks.Wires;
using Appliance.Containers.Runtime;
using Appliance.Containers.Specs;
using Appliance.Engine.Sandboxes;
using Appliance.Engine.Snapshots.Functions;
using Appliance.Identity.WebTokens;
using Appliance.Metadata;

namespace Appliance.Engine.Functions;

/// <summary>
/// What a function's container finds in addition to what every sandbox has: the client's arguments, the way to the
/// appliance, and the variables that tell of both (contracts/modal.md §4).
/// </summary>
/// <param name="store">Where functions are.</param>
/// <param name="runtime">Whose directories are used.</param>
/// <param name="tokens">Container and appliance know each other by them.</param>
public sealed class FunctionOutfit(MetadataStore store, ContainerRuntime runtime, TaskTokenSigner tokens)
{
    /// <summary>The header that brings the container's token.</summary>
    public const string TokenHeader = "x-appliance-task";

    public const string SocketName = "appliance.sock";

    /// <summary>Where a program that a memory snapshot was made of waits for a file, which says who it is from then on.</summary>
    public const string RestoreStatePath = $"{Room}/{RestoreStateName}";

    private const string Room = "/__modal/container";
    private const string DoorRoom = "/__modal/appliance";
    private const string ArgumentsName = "arguments";
    private const string RestoreStateName = "restore-state.json";
    private const string TaskVariable = "MODAL_TASK_ID";
    private const string HeadersVariable = "MODAL_OVERRIDE_HEADERS";

    /// <summary>Libraries that look for a network by themselves find the one that leads to the world, where no container reaches another.</summary>
    private static readonly string[] OfCluster = [$"NCCL_SOCKET_IFNAME={WirePlace.Interface}", $"GLOO_SOCKET_IFNAME={WirePlace.Interface}"];

    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Enterable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>To be set by the gateway that speaks the client's form.</summary>
    public IFunctionWords? Words { get; set; }

    /// <summary>Where the appliance listens for containers.</summary>
    public static string DoorOf(RunDirectory run) => Path.Combine(run.Root, "door");

    public IEnumerable<string> Variables(LiveSandbox container) =>
    [
        $"{TaskVariable}={container.TaskId}",
        $"MODAL_IMAGE_ID={container.Definition.ImageId}",
        "MODAL_IS_REMOTE=1",
        "MODAL_CLOUD_PROVIDER=CLOUD_PROVIDER_UNSPECIFIED",
        "MODAL_REGION=local",
        $"MODAL_CONTAINER_ARGUMENTS_PATH={Room}/{ArgumentsName}",
        $"MODAL_SERVER_URL=unix://{DoorRoom}/{SocketName}",
        $"{HeadersVariable}={HeadersOf(container)}",
        "PYTHONPATH=/root:/pkg",
        "PYTHONUNBUFFERED=1",
        .. container.Definition.Function!.Cluster is null ? [] : OfCluster,
    ];

    /// <summary>Whether a variable has another value in each container of a function.</summary>
    public static bool IsOfOneContainer(string variable) =>
        variable.StartsWith(TaskVariable + "=", StringComparison.Ordinal) || variable.StartsWith(HeadersVariable + "=", StringComparison.Ordinal);

    /// <summary>What all containers are told that start as this one does.</summary>
    public byte[] TellAll(LiveSandbox container) => store.Read(read => Words!.WriteArguments(read, container, task: "", checkpoint: ""));

    /// <summary>Writes the arguments, and says what is to be mounted.</summary>
    public IReadOnlyList<ContainerMount> Prepare(LiveSandbox container, FunctionStart start)
    {
        string room = RoomOf(container);
        Directory.CreateDirectory(room, Enterable);
        string arguments = Path.Combine(room, ArgumentsName);
        string checkpoint = start.Kind == FunctionStartKind.Making ? start.Snapshot : "";
        File.WriteAllBytes(arguments, store.Read(read => Words!.WriteArguments(read, container, container.TaskId.Text, checkpoint)));
        File.SetUnixFileMode(arguments, Readable);
        if (start.Kind == FunctionStartKind.Restoring)
        {
            LetGoOn(container);
        }

        return [new ContainerMount(room, Room, IsReadOnly: true), new ContainerMount(DoorOf(runtime.Run), DoorRoom, IsReadOnly: true)];
    }

    /// <summary>
    /// Lets a program go on that waits where a memory snapshot was made, in the container that it was made of or in another:
    /// tells it who it is. It takes what is no setting of the client for a variable (contracts/modal.md §4 "Snapshot").
    /// </summary>
    public void LetGoOn(LiveSandbox container)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text))
        {
            writer.WriteStartObject();
            writer.WriteString("task_id", container.TaskId.Text);
            writer.WriteString("function_id", container.Definition.Function!.Id);
            writer.WriteString("override_headers", HeadersOf(container));
            writer.WriteString("modal_task_id", container.TaskId.Text);
            writer.WriteEndObject();
        }

        // The program looks for it all the time, and reads it at once.
        string path = Path.Combine(RoomOf(container), RestoreStateName);
        File.WriteAllBytes(path + ".new", text.ToArray());
        File.SetUnixFileMode(path + ".new", Readable);
        File.Move(path + ".new", path, overwrite: true);
    }

    private string RoomOf(LiveSandbox container) => Path.Combine(runtime.DirectoryOf(container.TaskId.Text).Root, "function");

    private string HeadersOf(LiveSandbox container) => $"{TokenHeader}:{tokens.IssueLasting(container.TaskId)}";
}
