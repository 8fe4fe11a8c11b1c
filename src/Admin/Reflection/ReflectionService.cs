using Google.Protobuf;
using Grpc.Core;
using Grpc.Reflection.V1;

namespace Appliance.Admin.Reflection;

/// <summary>
/// Server reflection: tells tools such as grpcurl what this server speaks. Versions 1 and 1alpha differ in nothing but
/// the name of the service, so one handler serves both.
/// </summary>
public sealed class ReflectionService(Lazy<DescriptorIndex> index)
{
    public const string Version1 = "grpc.reflection.v1.ServerReflection";
    public const string Version1Alpha = "grpc.reflection.v1alpha.ServerReflection";

    private const string MethodName = "ServerReflectionInfo";

    public ServerServiceDefinition Bind(string serviceName)
    {
        var method = new Method<ServerReflectionRequest, ServerReflectionResponse>(
            MethodType.DuplexStreaming, serviceName, MethodName, Marshal(ServerReflectionRequest.Parser), Marshal(ServerReflectionResponse.Parser));
        return ServerServiceDefinition.CreateBuilder().AddMethod(method, AnswerAsync).Build();
    }

    private static Marshaller<T> Marshal<T>(MessageParser<T> parser)
        where T : class, IMessage<T> => Marshallers.Create<T>(
            (message, context) => context.Complete(message.ToByteArray()),
            context => parser.ParseFrom(context.PayloadAsReadOnlySequence()));

    private async Task AnswerAsync(
        IAsyncStreamReader<ServerReflectionRequest> requests,
        IServerStreamWriter<ServerReflectionResponse> responses,
        ServerCallContext context)
    {
        while (await requests.MoveNext(context.CancellationToken))
        {
            ServerReflectionRequest request = requests.Current;
            ServerReflectionResponse response = Answer(request);
            response.ValidHost = request.Host;
            response.OriginalRequest = request;
            await responses.WriteAsync(response, context.CancellationToken);
        }
    }

    private ServerReflectionResponse Answer(ServerReflectionRequest request)
    {
        switch (request.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                var services = new ListServiceResponse();
                services.Service.AddRange(index.Value.ServiceNames.Select(name => new ServiceResponse { Name = name }));
                return new ServerReflectionResponse { ListServicesResponse = services };
            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename:
                return Answer(index.Value.FindFile(request.FileByFilename), $"File '{request.FileByFilename}' is not known here.");
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol:
                return Answer(
                    index.Value.FindSymbol(request.FileContainingSymbol), $"Symbol '{request.FileContainingSymbol}' is not known here.");
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension:
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType:
                return Error(StatusCode.NotFound, "The protocols spoken here have no extensions.");
            default:
                return Error(StatusCode.InvalidArgument, "The request asks for nothing: set one of its fields.");
        }
    }

    private static ServerReflectionResponse Answer(IReadOnlyList<ByteString>? files, string absence)
    {
        if (files is null)
        {
            return Error(StatusCode.NotFound, absence);
        }

        var found = new FileDescriptorResponse();
        found.FileDescriptorProto.AddRange(files);
        return new ServerReflectionResponse { FileDescriptorResponse = found };
    }

    private static ServerReflectionResponse Error(StatusCode code, string message) =>
        new() { ErrorResponse = new ErrorResponse { ErrorCode = (int)code, ErrorMessage = message } };
}
