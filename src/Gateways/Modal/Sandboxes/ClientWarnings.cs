using Grpc.Core;

namespace Appliance.Gateways.Modal.Sandboxes;

/// <summary>Sentences that the real client shows its user beside a call that succeeds; it shows each once.</summary>
internal static class ClientWarnings
{
    private const string Trailer = "x-modal-warning";

    /// <summary>Clients take commas for separators and undo the encoding.</summary>
    public static void Add(ServerCallContext context, string message) => context.ResponseTrailers.Add(Trailer, Uri.EscapeDataString(message));
}
