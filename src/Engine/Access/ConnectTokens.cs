using System.Buffers.Binary;
using System.Text;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Identity.Links;

namespace Appliance.Engine.Access;

/// <summary>
/// Makes and reads the tokens with which anybody who holds one reaches one port of one sandbox over the HTTP port
/// (contracts/sandbox.md §2).
/// </summary>
public sealed class ConnectTokens(LinkSigner signer)
{
    public const string Prefix = "ct-";

    private const string Purpose = "connect";
    private const int UserDataBytesMax = 2048;

    /// <param name="sandbox">Which it opens.</param>
    /// <param name="port">1 to 65535, in the container.</param>
    /// <param name="userData">What the server in the container is told about the bearer. Readable by the bearer.</param>
    /// <param name="lifetime">How long it is good.</param>
    /// <exception cref="ApplianceException">InvalidArgument: the port; or data that no header can carry.</exception>
    public string Issue(SandboxId sandbox, uint port, string userData, TimeSpan lifetime)
    {
        if (port is 0 or > ushort.MaxValue)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"Port {port} cannot be connected to: ports are 1 to {ushort.MaxValue}.");
        }

        int length = Encoding.UTF8.GetByteCount(userData);
        if (length > UserDataBytesMax || userData.Any(char.IsControl))
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument,
                $"User metadata travels in a header: at most {UserDataBytesMax} bytes, without line breaks or other control characters.");
        }

        byte[] id = Encoding.ASCII.GetBytes(sandbox.Text);
        byte[] payload = new byte[sizeof(ushort) + 1 + id.Length + length];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)port);
        payload[sizeof(ushort)] = (byte)id.Length;
        id.CopyTo(payload, sizeof(ushort) + 1);
        Encoding.UTF8.GetBytes(userData, payload.AsSpan(sizeof(ushort) + 1 + id.Length));
        return Prefix + signer.Sign(Purpose, payload, lifetime);
    }

    /// <exception cref="ApplianceException">Unauthenticated: not a token of this appliance, or expired.</exception>
    public ConnectGrant Open(string token)
    {
        try
        {
            ReadOnlySpan<byte> payload = signer.Open(Purpose, token[Prefix.Length..]);
            ReadOnlySpan<byte> id = payload.Slice(sizeof(ushort) + 1, payload[sizeof(ushort)]);
            return new ConnectGrant(
                SandboxId.Read(Encoding.ASCII.GetString(id)),
                BinaryPrimitives.ReadUInt16BigEndian(payload),
                Encoding.UTF8.GetString(payload[(sizeof(ushort) + 1 + id.Length)..]));
        }
        catch (ApplianceException refused) when (refused.Kind == ErrorKind.PermissionDenied)
        {
            throw new ApplianceException(
                ErrorKind.Unauthenticated, "The connect token has expired or was not made by this appliance: create a new one for the sandbox.", refused);
        }
    }
}

/// <summary>What a connect token opens.</summary>
/// <param name="Sandbox">The sandbox.</param>
/// <param name="Port">In its container.</param>
/// <param name="UserData">What its maker said about the bearer; empty for nothing.</param>
public readonly record struct ConnectGrant(SandboxId Sandbox, int Port, string UserData);
