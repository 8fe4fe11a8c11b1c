using Grpc.Core;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>What reads a method's requests and writes its responses.</summary>
internal sealed record MethodMarshallers(IMessageMarshaller Request, IMessageMarshaller Response);
