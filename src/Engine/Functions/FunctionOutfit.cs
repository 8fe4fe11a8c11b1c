using Appliance.Containers.Networks.Wires;
using Appliance.Containers.Runtime;
using Appliance.Containers.Specs;
using Appliance.Engine.Sandboxes;
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

    private const string Room = "/__modal/container";
    private const string DoorRoom = "/__modal/appliance";
    private const string ArgumentsName = "arguments";

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
        $"MODAL_TASK_ID={container.TaskId}",
        $"MODAL_IMAGE_ID={container.Definition.ImageId}",
        "MODAL_IS_REMOTE=1",
        "MODAL_CLOUD_PROVIDER=CLOUD_PROVIDER_UNSPECIFIED",
        "MODAL_REGION=local",
        $"MODAL_CONTAINER_ARGUMENTS_PATH={Room}/{ArgumentsName}",
        $"MODAL_SERVER_URL=unix://{DoorRoom}/{SocketName}",
        $"MODAL_OVERRIDE_HEADERS={TokenHeader}:{tokens.IssueLasting(container.TaskId)}",
        "PYTHONPATH=/root:/pkg",
        "PYTHONUNBUFFERED=1",
        .. container.Definition.Function!.Cluster is null ? [] : OfCluster,
    ];

    /// <summary>Writes the arguments, and says what is to be mounted.</summary>
    public IReadOnlyList<ContainerMount> Prepare(LiveSandbox container)
    {
        string room = Path.Combine(runtime.DirectoryOf(container.TaskId.Text).Root, "function");
        Directory.CreateDirectory(room, Enterable);
        string arguments = Path.Combine(room, ArgumentsName);
        File.WriteAllBytes(arguments, store.Read(read => Words!.WriteArguments(read, container)));
        File.SetUnixFileMode(arguments, Readable);
        return [new ContainerMount(room, Room, IsReadOnly: true), new ContainerMount(DoorOf(runtime.Run), DoorRoom, IsReadOnly: true)];
    }
}
