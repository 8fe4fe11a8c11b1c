using Appliance.Core.Errors;
using Appliance.Dicts;
using Appliance.Gateways.Modal.Objects;
using Appliance.Metadata.Objects;
using Appliance.Protos.Modal;
using Google.Protobuf;

namespace Appliance.Gateways.Modal.Dicts;

/// <summary>From the protocol's words for dicts to the appliance's, and back.</summary>
internal static class DictWords
{
    /// <exception cref="ApplianceException">TooLarge: the key.</exception>
    public static ReadOnlyMemory<byte> ToKey(ByteString key) => key.Length <= DictLimits.KeyBytesMax
        ? key.Memory
        : throw new ApplianceException(
            ErrorKind.TooLarge, $"A dict key may have at most {DictLimits.KeyBytesMax} bytes; this one has {key.Length}.");

    public static DictMetadata ToMetadata(ObjectRecord record) =>
        new() { Name = record.Name ?? string.Empty, CreationInfo = ObjectCalls.ToCreationInfo(record) };
}
