using Appliance.Containers.Ttrpc;
using Appliance.Protos.Containerd.Ttrpc;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Appliance.Containers.Shims;

/// <summary>
/// Where shims report what happens. They insist on somebody who listens; what the appliance needs to know it asks for
/// (a wait for each process, the control group's counters), since events can be lost while it restarts.
/// </summary>
public sealed class ShimEvents(string socket) : IAsyncDisposable
{
    private const string Service = "containerd.services.events.ttrpc.v1.Events";
    private const string Forward = "Forward";

    private readonly TtrpcServer server = new(socket, Take);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private static IMessage? Take(Request request) => request is { Service: Service, Method: Forward } ? new Empty() : null;
}
