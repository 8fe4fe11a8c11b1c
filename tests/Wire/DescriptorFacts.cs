using Appliance.Protos.Http;
using Google.Protobuf.Reflection;

namespace Appliance.Tests.Wire;

/// <summary>The facts that compiled descriptors state, in the words of <see cref="WireTable"/>.</summary>
internal static class DescriptorFacts
{
    public static IReadOnlySet<string> Of(IEnumerable<FileDescriptor> files) => files.SelectMany(Of).ToHashSet();

    private static IEnumerable<string> Of(FileDescriptor file) =>
        file.Services.SelectMany(Of)
            .Concat(file.MessageTypes.SelectMany(Of))
            .Concat(file.EnumTypes.SelectMany(Of))
            .Concat(file.Extensions.UnorderedExtensions.Select(OfExtension));

    private static IEnumerable<string> Of(ServiceDescriptor service) =>
        service.Methods.SelectMany(Of).Prepend(WireFact.Service(service.FullName));

    private static IEnumerable<string> Of(MethodDescriptor method)
    {
        var service = method.Service.FullName;
        yield return WireFact.Method(
            service,
            method.Name,
            (method.IsClientStreaming ? "stream " : "") + method.InputType.FullName,
            (method.IsServerStreaming ? "stream " : "") + method.OutputType.FullName);
        if (method.GetOptions()?.GetExtension(AnnotationsExtensions.Http) is { } rule)
        {
            yield return WireFact.Binding(service, method.Name, Binding(rule));
        }
    }

    private static string Binding(HttpRule rule)
    {
        var path = rule.PatternCase switch
        {
            HttpRule.PatternOneofCase.Get => rule.Get,
            HttpRule.PatternOneofCase.Put => rule.Put,
            HttpRule.PatternOneofCase.Post => rule.Post,
            HttpRule.PatternOneofCase.Delete => rule.Delete,
            HttpRule.PatternOneofCase.Patch => rule.Patch,
            _ => "",
        };
        var verb = rule.PatternCase.ToString().ToLowerInvariant();
        return $"{verb}: \"{path}\"" + (rule.Body.Length == 0 ? "" : $" body: \"{rule.Body}\"");
    }

    private static IEnumerable<string> Of(MessageDescriptor message)
    {
        // Maps are messages to the compiler only; tables write them as the type of their field.
        if (message.GetOptions()?.MapEntry == true)
        {
            return [];
        }

        return message.Fields.InDeclarationOrder().Select(Of)
            .Prepend(WireFact.Message(message.FullName))
            .Concat(message.ToProto().ReservedRange.SelectMany(range => Reserved(message, range)))
            .Concat(message.EnumTypes.SelectMany(Of))
            .Concat(message.NestedTypes.SelectMany(Of));
    }

    // The end of a descriptor's range does not belong to it.
    private static IEnumerable<string> Reserved(MessageDescriptor message, DescriptorProto.Types.ReservedRange range) =>
        Enumerable.Range(range.Start, range.End - range.Start).Select(number => WireFact.Reserved(message.FullName, number));

    private static string Of(FieldDescriptor field)
    {
        var label = field switch
        {
            { IsMap: true } => "",
            { IsRepeated: true } => "repeated",
            // proto3 writes an explicit presence as a choice with one member.
            { ContainingOneof: not null, RealContainingOneof: null } => "optional",
            _ => "",
        };
        return WireFact.Field(
            field.ContainingType.FullName,
            field.FieldNumber,
            field.Name,
            TypeName(field),
            new FieldTraits(label, field.RealContainingOneof?.Name ?? "", field.GetOptions()?.Deprecated ?? false));
    }

    private static string TypeName(FieldDescriptor field)
    {
        if (field.IsMap)
        {
            var entry = field.MessageType.Fields.InFieldNumberOrder();
            return $"map<{TypeName(entry[0])},{TypeName(entry[1])}>";
        }

        return field.FieldType switch
        {
            FieldType.Message => field.MessageType.FullName,
            FieldType.Enum => field.EnumType.FullName,
            var scalar => scalar.ToString().ToLowerInvariant(),
        };
    }

    private static IEnumerable<string> Of(EnumDescriptor enumeration) =>
        enumeration.Values.Select(value => WireFact.Value(enumeration.FullName, value.Number, value.Name))
            .Prepend(WireFact.Enumeration(enumeration.FullName));

    private static string OfExtension(FieldDescriptor extension) =>
        WireFact.Extension(extension.FullName, extension.FieldNumber, TypeName(extension), extension.ExtendeeType.FullName);
}
