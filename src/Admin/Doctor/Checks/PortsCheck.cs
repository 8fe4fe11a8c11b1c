using System.Net;
using System.Net.Sockets;

namespace Appliance.Admin.Doctor.Checks;

/// <summary>Whether the two ports are free, or are ours already.</summary>
public sealed class PortsCheck(DoctorSubject subject) : IDoctorCheck
{
    public string Name => "ports";

    public Task<IReadOnlyList<Finding>> InspectAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<Finding>>(
        [Inspect("grpc port", "--grpc", subject.Grpc), Inspect("http port", "--http", subject.Http)]);

    private Finding Inspect(string name, string flag, IPEndPoint address)
    {
        if (subject.ServerProcessId is { } process)
        {
            return Finding.Ok(name, $"{address}: an appliance runs on the data directory (process {process}); see 'appliance status'");
        }

        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(address);
            return Finding.Ok(name, address.Port == 0 ? "a free one will be picked" : $"{address} is free");
        }
        catch (SocketException cause)
        {
            return cause.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? Finding.Bad(name, $"{address} is used by another program", $"Stop it ('ss -ltnp sport = :{address.Port}' names it), or choose another port with {flag} ADDR:PORT.")
                : Finding.Bad(name, $"{address} cannot be used: {cause.Message}", $"Choose an address of this machine with {flag} ADDR:PORT.");
        }
    }
}
